"""What the law asks of those who hold the data: to erase a person from all of it, and say what is held."""
