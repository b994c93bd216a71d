package org.ptuning4j.study.run;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the files of a cell's training go.
 *
 * @param own the folder of its own run
 * @param together the folder of the training of several tasks that it starts from, where it has one
 */
public record CellFolders(Path own, Optional<Path> together) {}
