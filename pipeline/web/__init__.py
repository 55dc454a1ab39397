"""What every web service of the project needs: sign-in, sessions, limits, headers, the page's shell."""
