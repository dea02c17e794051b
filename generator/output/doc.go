// Package output puts generated files into a folder, safely.
//
// [New] compares generated files with those of the folder and changes nothing.
// [Plan.Check] returns the difference, [Plan.Write] applies it. A file that
// wampgen did not write is never replaced or removed.
//
// Write first writes all new files to disk under temporary names and then
// renames them. If the process is killed at any moment, each file is either the
// old one or the new one, complete. It uses an [os.Root], so that no name leads
// out of the folder. Runs that write into one folder wait for each other.
//
// The first line of a file names its schema by its path relative to the folder,
// see [Origin]. A file belongs to that schema and to one [Language].
// [Plan.Write] removes a file that its schema no longer generates. If the
// schema no longer exists, [Plan.Orphans] returns the file and it is removed
// only with [Plan.Clean]. [Conflicts] finds schemas whose code cannot be in one
// folder.
package output
