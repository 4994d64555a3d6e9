"""What a person looks at: reports as HTML pages, charts, and the same in a terminal."""
