"""What runs beside the pages. Each task reads the clock, calls one function, and may run twice; the rows decide."""
