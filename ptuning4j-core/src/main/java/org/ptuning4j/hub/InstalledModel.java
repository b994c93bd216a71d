package org.ptuning4j.hub;

import java.nio.file.Path;

/**
 * A model that is on this machine, in a cache.
 *
 * @param name what to call it, as in {@code --model}
 * @param version what distinguishes it from others of that name: a commit or a checksum
 * @param folder where its files are
 * @param bytes their size
 * @param whole whether all files that it is loaded from are there
 */
public record InstalledModel(String name, String version, Path folder, long bytes, boolean whole) {}
