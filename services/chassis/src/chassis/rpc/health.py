"""Names under which a server answers the gRPC health protocol, besides the names of its services."""

# SERVING from start to drain, whatever the state of the database or NATS: for liveness probes and clients,
# which turn away from a server that drains.
LIVENESS = "liveness"
# SERVING while every check passes.
READINESS = ""
