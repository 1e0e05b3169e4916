"""Fast-dLLM++: commits while the Fréchet bound on all confidences together allows."""
