"""What apps above may listen to."""

from django.dispatch import Signal

# Sent inside the transaction that records or changes a submission's standing result. Argument: submission.
submission_recorded = Signal()
# Sent inside the transaction that changes teams. Arguments: competition, user_ids: everybody whose entry changed.
entrants_changed = Signal()
# Sent after shadow attempts were recorded. Argument: attempt_ids, a list.
shadow_recorded = Signal()
# Sent by the sweeper after each sweep. Arguments: at, the time of the sweep.
swept = Signal()
