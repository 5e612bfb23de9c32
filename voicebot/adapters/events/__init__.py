"""Events to the city's systems: MQTT and webhooks."""
