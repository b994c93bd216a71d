package org.ptuning4j.hub;

import java.nio.file.Path;

/**
 * A model that is on this machine, in a cache.
 *
 * @param name what to call it, as in {@code --model}
 * @param version what tells it from others of that name: a commit or a checksum
 * @param folder where its files are
 * @param bytes their size
 * @param whole whether all is there that it is loaded from
 */
public record InstalledModel(String name, String version, Path folder, long bytes, boolean whole) {}
