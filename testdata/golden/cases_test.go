package golden

import (
	"github.com/wampgen/wampgen/testdata/golden/aliases"
	"github.com/wampgen/wampgen/testdata/golden/collections"
	"github.com/wampgen/wampgen/testdata/golden/constraints"
	"github.com/wampgen/wampgen/testdata/golden/containers"
	"github.com/wampgen/wampgen/testdata/golden/custom"
	"github.com/wampgen/wampgen/testdata/golden/defaults"
	"github.com/wampgen/wampgen/testdata/golden/docs"
	"github.com/wampgen/wampgen/testdata/golden/encodings"
	"github.com/wampgen/wampgen/testdata/golden/enums"
	"github.com/wampgen/wampgen/testdata/golden/errors"
	"github.com/wampgen/wampgen/testdata/golden/examples"
	"github.com/wampgen/wampgen/testdata/golden/external"
	"github.com/wampgen/wampgen/testdata/golden/imports"
	"github.com/wampgen/wampgen/testdata/golden/include"
	"github.com/wampgen/wampgen/testdata/golden/inherited"
	"github.com/wampgen/wampgen/testdata/golden/kwargs"
	"github.com/wampgen/wampgen/testdata/golden/lenient"
	"github.com/wampgen/wampgen/testdata/golden/names"
	"github.com/wampgen/wampgen/testdata/golden/newtypes"
	"github.com/wampgen/wampgen/testdata/golden/optional"
	"github.com/wampgen/wampgen/testdata/golden/options"
	"github.com/wampgen/wampgen/testdata/golden/params"
	"github.com/wampgen/wampgen/testdata/golden/policies"
	"github.com/wampgen/wampgen/testdata/golden/results"
	"github.com/wampgen/wampgen/testdata/golden/scalars"
	"github.com/wampgen/wampgen/testdata/golden/streams"
	"github.com/wampgen/wampgen/testdata/golden/templates"
	"github.com/wampgen/wampgen/testdata/golden/topics"
	"github.com/wampgen/wampgen/testdata/golden/tuples"
	"github.com/wampgen/wampgen/testdata/golden/unions"
	"github.com/wampgen/wampgen/testdata/golden/unknown"
	"github.com/wampgen/wampgen/testdata/golden/variadic"
	"github.com/wampgen/wampgen/testdata/golden/wide"
)

// tests are what the files of cases have; -update writes it.
var tests = []test{
	{"aliases/TestValues", aliases.TestValues},
	{"aliases/TestAlias", aliases.TestAlias},
	{"aliases/TestKeys", aliases.TestKeys},
	{"aliases/TestRecursion", aliases.TestRecursion},
	{"aliases/TestLive", aliases.TestLive},
	{"collections/TestValues", collections.TestValues},
	{"collections/TestAbsent", collections.TestAbsent},
	{"collections/TestNoAllocs", collections.TestNoAllocs},
	{"collections/TestLive", collections.TestLive},
	{"constraints/TestValues", constraints.TestValues},
	{"constraints/TestNotSent", constraints.TestNotSent},
	{"constraints/TestReceived", constraints.TestReceived},
	{"constraints/TestNoAllocs", constraints.TestNoAllocs},
	{"constraints/TestLive", constraints.TestLive},
	{"containers/TestValues", containers.TestValues},
	{"containers/TestNilIsEmpty", containers.TestNilIsEmpty},
	{"containers/TestLastKeyWins", containers.TestLastKeyWins},
	{"containers/TestLive", containers.TestLive},
	{"containers/TestEncodesWithoutAllocation", containers.TestEncodesWithoutAllocation},
	{"containers/TestEndlessValue", containers.TestEndlessValue},
	{"custom/TestValues", custom.TestValues},
	{"custom/TestRefuses", custom.TestRefuses},
	{"custom/TestBounds", custom.TestBounds},
	{"custom/TestTags", custom.TestTags},
	{"custom/TestLive", custom.TestLive},
	{"defaults/TestValues", defaults.TestValues},
	{"defaults/TestZeroMeansTheDefault", defaults.TestZeroMeansTheDefault},
	{"defaults/TestAbsentMeansTheDefault", defaults.TestAbsentMeansTheDefault},
	{"defaults/TestRefuses", defaults.TestRefuses},
	{"defaults/TestLive", defaults.TestLive},
	{"defaults/TestDuplicateKey", defaults.TestDuplicateKey},
	{"docs/TestValues", docs.TestValues},
	{"docs/TestNoDirectives", docs.TestNoDirectives},
	{"docs/TestLive", docs.TestLive},
	{"encodings/TestValues", encodings.TestValues},
	{"encodings/TestWire", encodings.TestWire},
	{"encodings/TestRefuses", encodings.TestRefuses},
	{"encodings/TestLive", encodings.TestLive},
	{"enums/TestValues", enums.TestValues},
	{"enums/TestValid", enums.TestValid},
	{"enums/TestClosedEnums", enums.TestClosedEnums},
	{"enums/TestOnlyTheCalleeRefuses", enums.TestOnlyTheCalleeRefuses},
	{"enums/TestLive", enums.TestLive},
	{"errors/TestValues", errors.TestValues},
	{"errors/TestText", errors.TestText},
	{"errors/TestWire", errors.TestWire},
	{"errors/TestSurplusIsIgnored", errors.TestSurplusIsIgnored},
	{"errors/TestLive", errors.TestLive},
	{"examples/TestValues", examples.TestValues},
	{"examples/TestPayloads", examples.TestPayloads},
	{"examples/TestCalls", examples.TestCalls},
	{"examples/TestFresh", examples.TestFresh},
	{"examples/TestLive", examples.TestLive},
	{"external/TestValues", external.TestValues},
	{"external/TestNoID", external.TestNoID},
	{"external/TestLive", external.TestLive},
	{"external/TestReserved", external.TestReserved},
	{"imports/TestValues", imports.TestValues},
	{"imports/TestConstraints", imports.TestConstraints},
	{"imports/TestMixed", imports.TestMixed},
	{"imports/TestUnions", imports.TestUnions},
	{"imports/TestUnionConstraints", imports.TestUnionConstraints},
	{"imports/TestLive", imports.TestLive},
	{"include/TestValues", include.TestValues},
	{"include/TestLive", include.TestLive},
	{"inherited/TestValues", inherited.TestValues},
	{"inherited/TestSame", inherited.TestSame},
	{"inherited/TestLive", inherited.TestLive},
	{"kwargs/TestValues", kwargs.TestValues},
	{"kwargs/TestWire", kwargs.TestWire},
	{"kwargs/TestByName", kwargs.TestByName},
	{"kwargs/TestLive", kwargs.TestLive},
	{"lenient/TestValues", lenient.TestValues},
	{"lenient/TestWrapped", lenient.TestWrapped},
	{"lenient/TestBare", lenient.TestBare},
	{"lenient/TestLive", lenient.TestLive},
	{"names/TestValues", names.TestValues},
	{"names/TestPathsOfOddKeys", names.TestPathsOfOddKeys},
	{"names/TestLive", names.TestLive},
	{"newtypes/TestValues", newtypes.TestValues},
	{"newtypes/TestRefuses", newtypes.TestRefuses},
	{"newtypes/TestLive", newtypes.TestLive},
	{"newtypes/TestNewtypesInAny", newtypes.TestNewtypesInAny},
	{"optional/TestValues", optional.TestValues},
	{"optional/TestWire", optional.TestWire},
	{"optional/TestNullAsAbsent", optional.TestNullAsAbsent},
	{"optional/TestRefuses", optional.TestRefuses},
	{"optional/TestLive", optional.TestLive},
	{"optional/TestEncodesWithoutAllocation", optional.TestEncodesWithoutAllocation},
	{"optional/TestDuplicateKey", optional.TestDuplicateKey},
	{"options/TestOptions", options.TestOptions},
	{"params/TestValues", params.TestValues},
	{"params/TestWire", params.TestWire},
	{"params/TestLive", params.TestLive},
	{"policies/TestOptions", policies.TestOptions},
	{"policies/TestCancel", policies.TestCancel},
	{"policies/TestLive", policies.TestLive},
	{"policies/TestDocs", policies.TestDocs},
	{"policies/TestStrict", policies.TestStrict},
	{"results/TestValues", results.TestValues},
	{"results/TestWire", results.TestWire},
	{"results/TestLenient", results.TestLenient},
	{"results/TestRefuses", results.TestRefuses},
	{"results/TestLive", results.TestLive},
	{"scalars/TestValues", scalars.TestValues},
	{"scalars/TestWholeFloats", scalars.TestWholeFloats},
	{"scalars/TestRefusedByTheEncoder", scalars.TestRefusedByTheEncoder},
	{"scalars/TestLive", scalars.TestLive},
	{"scalars/TestEncodesWithoutAllocation", scalars.TestEncodesWithoutAllocation},
	{"streams/TestStreams", streams.TestStreams},
	{"streams/TestStreams_WithoutRouter", streams.TestStreams_WithoutRouter},
	{"streams/TestChunks", streams.TestChunks},
	{"streams/TestChunks_WithoutRouter", streams.TestChunks_WithoutRouter},
	{"templates/TestValues", templates.TestValues},
	{"templates/TestCalls", templates.TestCalls},
	{"templates/TestInstances", templates.TestInstances},
	{"templates/TestRefused", templates.TestRefused},
	{"templates/TestEvents", templates.TestEvents},
	{"templates/TestLoop", templates.TestLoop},
	{"templates/TestOperations", templates.TestOperations},
	{"topics/TestValues", topics.TestValues},
	{"topics/TestWire", topics.TestWire},
	{"topics/TestLenient", topics.TestLenient},
	{"topics/TestLive", topics.TestLive},
	{"topics/TestLiveEvents", topics.TestLiveEvents},
	{"tuples/TestValues", tuples.TestValues},
	{"tuples/TestWire", tuples.TestWire},
	{"tuples/TestOtherLengths", tuples.TestOtherLengths},
	{"tuples/TestNoAllocs", tuples.TestNoAllocs},
	{"tuples/TestLive", tuples.TestLive},
	{"unions/TestValues", unions.TestValues},
	{"unions/TestWire", unions.TestWire},
	{"unions/TestNotSent", unions.TestNotSent},
	{"unions/TestReceived", unions.TestReceived},
	{"unions/TestNoAllocs", unions.TestNoAllocs},
	{"unions/TestLive", unions.TestLive},
	{"unknown/TestValues", unknown.TestValues},
	{"unknown/TestWire", unknown.TestWire},
	{"unknown/TestUnknown", unknown.TestUnknown},
	{"unknown/TestLive", unknown.TestLive},
	{"variadic/TestValues", variadic.TestValues},
	{"variadic/TestWire", variadic.TestWire},
	{"variadic/TestWrong", variadic.TestWrong},
	{"variadic/TestLive", variadic.TestLive},
	{"wide/TestValues", wide.TestValues},
	{"wide/TestMissing", wide.TestMissing},
	{"wide/TestLive", wide.TestLive},
}
