package org.ptuning4j.hub.dataset;

import java.net.URI;
import java.util.Map;
import org.ptuning4j.hub.download.Checksum;

/**
 * A file that a data set's authors publish.
 *
 * @param uri its address
 * @param size its bytes
 * @param checksum its SHA-256
 * @param entries for an archive, which of its files are wanted, by their names without folders, and
 *     what they are called here; empty for a file that is wanted itself
 * @param name what the file is called here, if it is wanted itself; else of the archive
 */
record PublishedFile(
    URI uri, long size, Checksum checksum, Map<String, String> entries, String name) {

  /** Copies the map. */
  PublishedFile {
    entries = Map.copyOf(entries);
  }

  /** Whether it is unpacked. */
  boolean isArchive() {
    return !entries.isEmpty();
  }
}
