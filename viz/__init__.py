"""How results look: pictures, charts and the 3-D scene. Temperatures turn into °C here, for people."""
