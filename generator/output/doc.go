// Package output puts generated files into a folder, safely.
//
// [New] compares what a schema makes with what the folder holds and touches
// nothing; [Plan.Check] returns the difference and [Plan.Write] removes it. A
// file that wampgen did not write is never replaced or removed. New bytes are
// complete on the disk under a temporary name before the first file of the
// folder changes, and take their place by rename: at any moment, whatever
// kills the process, a file is the old one or the new one, whole. All of it
// happens through an [os.Root]: no name leads out of the folder. Runs that
// write into one folder wait for each other.
//
// The first line of a file names its schema by the path from the folder, see
// [Origin]. A file belongs to that schema and to its [Language] alone:
// [Plan.Write] removes it when the schema makes it no more. Where the schema is
// gone, [Plan.Orphans] reports the file and only [Plan.Clean] removes it.
// [Conflicts] finds what a folder cannot hold together.
package output
