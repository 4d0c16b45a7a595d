"""The halls with a cooling unit that `twin verify` is made of, under the name the tests know."""

from twin.verification.device_boxes import COIL, RHO_CP, UNIT, WATER, partition_of_three, sealed_room

__all__ = ["COIL", "RHO_CP", "UNIT", "WATER", "partition_of_three", "sealed_room"]
