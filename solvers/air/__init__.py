"""Air of a hall: incompressible Boussinesq flow and energy on a rectilinear grid."""
