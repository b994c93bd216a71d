package org.ptuning4j.train.objective;

import java.util.ArrayList;
import java.util.List;

/**
 * What a run computes once instead of in every epoch.
 *
 * @param kept what is kept of it
 * @param refusals what could be kept too, and why it is not; for people
 */
public record Preparation(List<Kept> kept, List<String> refusals) {

  /** Nothing. */
  public static final Preparation NONE = new Preparation(List.of(), List.of());

  /** Copies the lists. */
  public Preparation {
    kept = List.copyOf(kept);
    refusals = List.copyOf(refusals);
  }

  /**
   * The states of a data set's rows.
   *
   * @param data what it is called
   * @param layers after how many layers
   * @param bytes what they take
   * @param where they are, such as {@code in memory}
   * @param reused whether they were there from an earlier run
   */
  public record Kept(String data, int layers, long bytes, String where, boolean reused) {}

  /** This and another. */
  public Preparation and(Preparation other) {
    List<Kept> all = new ArrayList<>(kept);
    all.addAll(other.kept);
    List<String> said = new ArrayList<>(refusals);
    said.addAll(other.refusals);
    return new Preparation(all, said);
  }

  /** What is kept, in bytes. */
  public long bytes() {
    return kept.stream().mapToLong(Kept::bytes).sum();
  }
}
