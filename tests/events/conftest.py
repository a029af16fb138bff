from concurrency.crew import crew as crew  # a fixture
