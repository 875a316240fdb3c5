internal import CLinux

/// What the C library keeps of memory that was given back.
package enum Heap {
    /// All threads share one arena from now on: the worker decodes thousands of files, and what it gave back would stay
    /// its own (mallopt(3), M_ARENA_MAX).
    ///
    /// Before any other thread begins.
    package static func shareOneArena() { _ = mallopt(M_ARENA_MAX, 1) }

    /// Blocks of 256 KiB and more are the kernel's from now on and go back to it at once; else the first such block that is
    /// given back teaches the C library to keep all that follow (mallopt(3), M_MMAP_THRESHOLD).
    package static func keepLargeBlocksApart() { _ = mallopt(M_MMAP_THRESHOLD, 256 << 10) }

    /// Gives whole free pages back to the kernel, some milliseconds for tens of megabytes (malloc_trim(3)).
    package static func trim() { _ = malloc_trim(0) }
}
