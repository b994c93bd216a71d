package org.ptuning4j.hub.huggingface;

import java.nio.file.Path;
import java.util.List;

/**
 * A model at one commit in the cache.
 *
 * @param model its name; the revision is the commit
 * @param refs the branches and tags that are this commit, as far as the cache knows
 * @param folder the folder of its files
 * @param bytes the size of the files that are there
 * @param whole whether all is there that the model is loaded from
 */
public record CachedSnapshot(
    HubName model, List<String> refs, Path folder, long bytes, boolean whole) {

  /** Copies the list. */
  public CachedSnapshot {
    refs = List.copyOf(refs);
  }
}
