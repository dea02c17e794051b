package bench

//go:generate go run ../../../cmd/wampgen generate bench.wamp.yaml
