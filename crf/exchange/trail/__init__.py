"""The audit trail as it leaves: its specification, the export, the anchors, and the verifier that needs none of us."""
