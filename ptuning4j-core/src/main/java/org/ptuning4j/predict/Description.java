package org.ptuning4j.predict;

import java.util.Optional;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.task.PreparedTask;

/**
 * What is known of a task without its tensors.
 *
 * @param task what it takes and answers
 * @param facts what its pack says of itself; empty of a task that the model answers as it is
 */
record Description(PreparedTask<?> task, Optional<PackFacts> facts) {}
