"""What a recurrent network does inside: how far its gradients reach, and where its states lie."""
