package main

import "os"

// lines counts the lines of one type and of one procedure.
func lines(t *table, old, now *tree, n, _ int) error {
	var perType, perProcedure [2]float64
	for i, tree := range []*tree{old, now} {
		var counts [3]int
		for j, content := range []string{schema(1, 1), schema(1+n, 1), schema(1, 1+n)} {
			var err error
			if counts[j], err = tree.lines(content); err != nil {
				return err
			}
		}
		perType[i] = float64(counts[1]-counts[0]) / float64(n)
		perProcedure[i] = float64(counts[2]-counts[0]) / float64(n)
	}
	t.most("lines of a procedure: 2 args, 2 keywords, a list", "", perProcedure[0], perProcedure[1], 64)
	t.most("lines of a struct of ten fields", "", perType[0], perType[1], 48)
	return nil
}

// compiling measures go build of the generated package.
func compiling(t *table, old, now *tree, n, rounds int) error {
	for _, tree := range []*tree{old, now} {
		if _, err := tree.lines(schema(n, n)); err != nil {
			return err
		}
		if _, err := tree.compile(); err != nil { // and with it all that it imports
			return err
		}
	}
	a, b, err := least(rounds, old, now, (*tree).compile)
	if err == nil {
		t.ratio("CPU of go build", "s", a.cpu, b.cpu, 0.4)
	}
	return err
}

// growth measures what a program grows by.
func growth(t *table, old, now *tree, n, _ int) error {
	var grown [2]float64
	for i, tree := range []*tree{old, now} {
		if _, err := tree.lines(schema(n, n)); err != nil {
			return err
		}
		without, err := tree.binary(program(0))
		if err != nil {
			return err
		}
		with, err := tree.binary(program(n))
		if err != nil {
			return err
		}
		grown[i] = float64(with-without) / (1 << 20)
	}
	t.ratio("growth of a stripped binary", "M", grown[0], grown[1], 0.45)
	return nil
}

// generating measures wampgen on five times as much: a run that writes, and one
// that finds everything as it should be.
func generating(t *table, old, now *tree, n, rounds int) error {
	for _, tree := range []*tree{old, now} {
		if err := tree.schema(schema(5*n, 5*n)); err != nil {
			return err
		}
	}
	a, b, err := least(rounds, old, now, func(t *tree) (cost, error) {
		for _, f := range t.files() {
			if err := os.Remove(f); err != nil {
				return cost{}, err
			}
		}
		return t.generate()
	})
	if err != nil {
		return err
	}
	t.ratio("CPU of wampgen generate, 5 times as much", "s", a.cpu, b.cpu, 0.6)
	t.most("its memory", "M", a.mib, b.mib, 300)
	_, again, err := least(rounds, old, now, (*tree).generate)
	if err == nil {
		t.ratio("a run that writes, and one that changes nothing", "s", b.cpu, again.cpu, 0.5)
	}
	return err
}

// scaling measures wampgen generate with five times as much, which is to cost five
// times as much.
func scaling(t *table, _, now *tree, n, _ int) error {
	var spent [2]cost
	for i, n := range []int{10 * n, 50 * n} {
		if err := now.schema(schema(n, n)); err != nil {
			return err
		}
		var err error
		if spent[i], err = now.generate(); err != nil {
			return err
		}
	}
	t.ratio("CPU of wampgen generate, 10 and 50 times as much", "s", spent[0].cpu, spent[1].cpu, 6)
	t.most("its memory", "M", spent[0].mib, spent[1].mib, 1024)
	return nil
}
