package org.ptuning4j.spark.training;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.BarrierTaskContext;
import org.ptuning4j.train.exchange.GlooExchange;
import org.ptuning4j.train.exchange.GlooMeeting;
import org.ptuning4j.train.exchange.GradientExchange;

/**
 * How the tasks of a barrier stage come together: the first opens a meeting, and all tell through
 * Spark, once, where they are or what they lack.
 */
final class Meeting implements AutoCloseable {

  /** Before what a worker lacks; no address begins so. */
  private static final char PROBLEM = '!';

  private final BarrierTaskContext task;
  private final Duration patience;
  private final String[] told;
  private GlooMeeting open;
  private GlooExchange joined;

  private Meeting(BarrierTaskContext task, Duration patience, String[] told, GlooMeeting open) {
    this.task = task;
    this.patience = patience;
    this.told = told;
    this.open = open;
  }

  /**
   * Tells of this worker, and hears of the others.
   *
   * @param problem what this worker lacks
   */
  static Meeting of(BarrierTaskContext task, Duration patience, Optional<String> problem) {
    GlooMeeting open =
        task.partitionId() == 0 && problem.isEmpty() ? GlooMeeting.open(patience) : null;
    String place = open == null ? host(task) : host(task) + "\n" + open.port();
    return new Meeting(
        task, patience, task.allGather(problem.map(text -> PROBLEM + text).orElse(place)), open);
  }

  /** The address by which Spark knows this executor. */
  static String host(BarrierTaskContext task) {
    String address = task.getTaskInfos()[task.partitionId()].address();
    int colon = address.lastIndexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }

  /** What a worker lacks. */
  Optional<String> problem() {
    return Arrays.stream(told)
        .filter(text -> text.charAt(0) == PROBLEM)
        .map(text -> text.substring(1))
        .findFirst();
  }

  /** Connects all workers; closed with this. */
  GradientExchange join() {
    if (open == null) {
      String[] first = told[0].split("\n", -1);
      open = GlooMeeting.at(first[0], Integer.parseInt(first[1]), patience);
    }
    joined = open.join(task.partitionId(), told.length, host(task));
    return joined;
  }

  @Override
  public void close() {
    if (joined != null) {
      joined.close();
    } else if (open != null) {
      open.close();
    }
  }
}
