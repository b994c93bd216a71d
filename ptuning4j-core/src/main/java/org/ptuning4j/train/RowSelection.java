package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;
import org.ptuning4j.task.ExampleContent;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.config.TrainingConfig;

/**
 * Which rows of the training file a run trains on, and which it holds out to be evaluated on. The
 * same file and numbers always give the same rows, whatever the run's seed. Labels keep their
 * shares, as far as whole groups of rows allow; a group is the rows with the same longest text.
 *
 * @param holdOut the share that is held out; 0 for none
 * @param trainRows how many of the others are trained on; empty for all
 */
record RowSelection(double holdOut, Optional<Integer> trainRows) {

  /** Splits of different files and shares begin alike; this is no setting. */
  private static final long SEED = 20_211_014;

  /** With fewer groups than this, rows are drawn one by one. */
  private static final int LEAST_GROUPS = 5;

  static RowSelection of(TrainingConfig config) {
    return new RowSelection(config.holdOut(), config.trainRows());
  }

  /**
   * The rows of a file.
   *
   * @param train what is trained on
   * @param heldOut what is evaluated on; empty where nothing is held out
   */
  record Parts<E extends Example>(Examples<E> train, Optional<Examples<E>> heldOut) {}

  /**
   * Divides a file's rows.
   *
   * @throws InvalidInputException if no row would be left on one side
   */
  <E extends Example> Parts<E> of(Task<E> task, Examples<E> all) {
    Examples<E> train = all;
    Optional<Examples<E>> heldOut = Optional.empty();
    if (holdOut > 0) {
      Set<Integer> held = drawn(task, all, holdOut);
      if (held.isEmpty() || held.size() == all.examples().size()) {
        throw InvalidInputException.of(
            "hold-out: a share of %s of the %d rows of %s leaves none on one side",
            holdOut, all.examples().size(), all.file());
      }
      train = part(all, held, false);
      // Bad rows are of the file, and are counted once.
      heldOut = Optional.of(all.with(part(all, held, true).examples(), List.of()));
    }
    int rows = train.examples().size();
    if (trainRows.isPresent() && trainRows.get() < rows) {
      Set<Integer> kept = drawn(task, train, (double) trainRows.get() / rows);
      train = kept.isEmpty() ? part(train, Set.of(0), true) : part(train, kept, true);
    }
    return new Parts<>(train, heldOut);
  }

  /** The rows whose places are in a set, or the others. */
  private static <E extends Example> Examples<E> part(
      Examples<E> all, Set<Integer> places, boolean within) {
    List<E> rows = new ArrayList<>();
    for (int i = 0; i < all.examples().size(); i++) {
      if (places.contains(i) == within) {
        rows.add(all.examples().get(i));
      }
    }
    return all.with(rows, all.badRows());
  }

  /**
   * The places of about a share of the rows: groups in random order, sorted by label, of which
   * every so many-th is taken.
   */
  private static <E extends Example> Set<Integer> drawn(
      Task<E> task, Examples<E> all, double share) {
    List<Group> groups = new ArrayList<>(groups(task, all));
    Collections.shuffle(groups, new Random(SEED));
    groups.sort(Comparator.comparing(Group::label));
    Set<Integer> drawn = new LinkedHashSet<>();
    for (int i = 0; i < groups.size(); i++) {
      // Half a step ahead: the ends of the list are as likely as its middle.
      if (Math.floor((i + 1) * share + 0.5) > Math.floor(i * share + 0.5)) {
        drawn.addAll(groups.get(i).places());
      }
    }
    return drawn;
  }

  /**
   * Rows that stay together.
   *
   * @param label the labels of the first of them
   * @param places in the file
   */
  private record Group(String label, List<Integer> places) {}

  private static <E extends Example> Collection<Group> groups(Task<E> task, Examples<E> all) {
    Map<String, Group> byText = new LinkedHashMap<>();
    Map<String, Group> single = new LinkedHashMap<>();
    for (int i = 0; i < all.examples().size(); i++) {
      ExampleContent content = task.content(all.examples().get(i));
      String label = String.join(" ", content.labels());
      String row = "row " + i;
      String longest =
          content.texts().stream().max(Comparator.comparingInt(String::length)).orElse(row);
      byText.computeIfAbsent(longest, text -> new Group(label, new ArrayList<>())).places().add(i);
      single.put(row, new Group(label, List.of(i)));
    }
    return byText.size() < LEAST_GROUPS ? single.values() : byText.values();
  }
}
