// Package guides has the code that docs/guides shows, as tests.
package guides

//go:generate go run ../../cmd/wampgen generate v1/prices.wamp.yaml v2/prices.wamp.yaml readme/shop.wamp.yaml weather/weather.wamp.yaml waapi/waapi.wamp.yaml autobahn/autobahn.wamp.yaml
