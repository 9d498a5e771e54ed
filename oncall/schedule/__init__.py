"""Who is on call, asked of the database: rotations are loaded with a fixed number of queries, then computed."""

from oncall.schedule.loading import load_schedule, load_schedules
from oncall.schedule.rotation import Gap, LayerSchedule, RotationSchedule, Shift

__all__ = ["Gap", "LayerSchedule", "RotationSchedule", "Shift", "load_schedule", "load_schedules"]
