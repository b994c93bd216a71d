package org.ptuning4j.hub.download;

/** Follows the progress of fetching. Methods may be called by several threads at once. */
public interface DownloadListener {

  /** Ignores everything. */
  DownloadListener SILENT = new DownloadListener() {};

  /**
   * Files are about to be fetched, together.
   *
   * @param what what they are, such as {@code owner/name}
   * @param bytes the size of all of them
   * @param present how many of the bytes an earlier, interrupted fetch has left
   */
  default void started(String what, long bytes, long present) {}

  /**
   * More bytes are there.
   *
   * @param bytes how many; negative where bytes turned out to be useless and are fetched again
   */
  default void advanced(long bytes) {}

  /** Everything that was started is complete, or has failed. */
  default void finished() {}

  /** Something worth a line: what is being waited for, and why. */
  default void remarked(String line) {}
}
