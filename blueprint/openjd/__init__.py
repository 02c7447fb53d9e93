"""Job templates of Open Job Description: read where they are submitted, run on the node by its own libraries."""
