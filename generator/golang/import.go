package golang

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wampgen/wampgen/schema"
	"github.com/wampgen/wampgen/schema/diag"
)

// imported gives what other APIs declare the names that it has in this package:
// behind the import path, as in example.com/api/common.Money, which [ident] and
// [shown] understand. It also finds the names of the packages.
func (n *namer) imported() {
	n.packages = maps.Clone(imports)
	n.importAll(n.model, map[*schema.Model]bool{})
	n.oneEach()
}

// oneEach reports APIs that would be in one package, which has the types of one.
func (n *namer) oneEach() {
	first := map[string]*schema.Model{importPath(n.model): n.model}
	for _, i := range n.model.Imports {
		path := importPath(i.Model)
		other := first[path]
		if path == "" || other == i.Model {
			continue
		}
		if other == nil {
			first[path] = i.Model
			continue
		}
		n.report(i.Place, RuleImport, "the API %s has the import path %s in Go, as the API %s does",
			diag.Quote(i.Model.Name), diag.Quote(path), diag.Quote(other.Name)).Hint = "give one of them another  go: {import: ...}"
	}
}

// importAll adds what the imports of a model declare, and then theirs, of which
// fields may be.
func (n *namer) importAll(m *schema.Model, done map[*schema.Model]bool) {
	for _, i := range m.Imports {
		if m == n.model && (isImported(i.Alias) || !allowed(i.Alias)) {
			n.report(i.Place, RuleImport, "%s cannot be the name of an imported package: generated code or Go has another use for it", i.Alias).Hint =
				"give the import another name"
		}
		if done[i.Model] {
			continue
		}
		done[i.Model] = true
		path := importPath(i.Model)
		if path == "" && m == n.model {
			d := n.report(i.Place, RuleImport, "the API %s has no import path in Go", diag.Quote(i.Model.Name))
			d.Hint = "add  go: {import: ...}  to api of " + i.Model.File
		}
		n.packages[path] = n.packageName(i.Alias)
		for of, name := range name(i.Model).of {
			switch of.(type) {
			case *schema.Type, *schema.EnumValue, *schema.Error:
				if !strings.Contains(name, ".") { // else it is of another one
					name = path + "." + name
				}
			}
			n.of[of] = name
		}
	}
	for _, i := range m.Imports {
		n.importAll(i.Model, done)
	}
}

// importPath is the import path of the package of an API, "" if the schema does
// not say it.
func importPath(m *schema.Model) string {
	if m.Go == nil {
		return ""
	}
	return m.Go.Import.Text
}

// packageName is a name that no other package has.
func (n *namer) packageName(alias string) string {
	taken := map[string]bool{}
	for name := range maps.Values(n.packages) {
		taken[name] = true
	}
	name := alias
	for i := 2; taken[name]; i++ {
		name = alias + strconv.Itoa(i)
	}
	return name
}

// cutImport cuts a name of another package into its import path and the
// identifier; the path of a name of this package is "".
func cutImport(name string) (path, id string) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return "", name
	}
	return name[:at], name[at+1:]
}

// shown is a name as people see it: with the name of its package.
func (n *names) shown(name string) string {
	path, id := cutImport(name)
	if path == "" {
		return id
	}
	return n.packages[path] + "." + id
}

// joined is a name as a part of others: CommonMoney.
func (n *names) joined(name string) string {
	path, id := cutImport(name)
	if path == "" {
		return id
	}
	return pascal(words(n.packages[path])) + id
}

// allTypes returns the types of an API and of those that it imports.
func allTypes(m *schema.Model, done map[*schema.Model]bool) []*schema.Type {
	if done[m] {
		return nil
	}
	done[m] = true
	list := slices.Clip(m.Types)
	for _, i := range m.Imports {
		list = append(list, allTypes(i.Model, done)...)
	}
	return list
}

// importedErrors returns the errors of other APIs that procedures end with, each
// once, in the order of first use.
func importedErrors(m *schema.Model) []*schema.Error {
	var list []*schema.Error
	for _, p := range m.Procedures {
		for _, e := range p.Errors {
			if e.Import != nil && !slices.Contains(list, e.Error) {
				list = append(list, e.Error)
			}
		}
	}
	return list
}
