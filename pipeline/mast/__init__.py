"""What is measured, by MAST's seven domains: Kidholm et al., IJTAHC 2012;28:44-51."""
