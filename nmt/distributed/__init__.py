"""Many processes, on one machine or several: trainings, and work on corpora."""
