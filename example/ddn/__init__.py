"""The example service: removes noise from images, with the API of the platform's container."""
