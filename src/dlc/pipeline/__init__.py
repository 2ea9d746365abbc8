"""Stages, bounded queues, order, cancelling and timing; knows nothing of faces."""
