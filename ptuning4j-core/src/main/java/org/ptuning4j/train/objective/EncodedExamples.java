package org.ptuning4j.train.objective;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.data.Example;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.train.batching.Batching;

/**
 * A data set's examples as a model reads them.
 *
 * @param <E> what one example is
 * @param examples the examples
 * @param items the items of all examples, one after the other
 * @param starts where each example's items start among them, and the number of all at the end
 * @param unreadable the examples that the model cannot read, which are not among the others
 */
@SuppressWarnings("ArrayRecordComponent") // as large as the data, and never compared
public record EncodedExamples<E extends Example>(
    List<E> examples, List<Item> items, int[] starts, List<BadRow> unreadable) {

  /** One example, encoded; or why the model cannot read it. */
  private record Encoded<E>(E example, List<Item> items, Optional<BadRow> fault) {}

  /**
   * Encodes examples, on all cores.
   *
   * @param known the tokens that the model can read; examples with others are set apart
   * @param prefix soft tokens before each row
   */
  public static <E extends Example> EncodedExamples<E> of(
      PreparedTask<E> task, List<E> examples, ItemEncoder encoder, KnownTokens known, int prefix) {
    List<Encoded<E>> all =
        examples.parallelStream()
            .map(example -> encoded(task.items(example, encoder), example, known, prefix))
            .toList();
    List<Encoded<E>> usable = all.stream().filter(each -> each.fault().isEmpty()).toList();
    List<Item> items = new ArrayList<>();
    int[] starts = new int[usable.size() + 1];
    for (int i = 0; i < usable.size(); i++) {
      starts[i] = items.size();
      items.addAll(usable.get(i).items());
    }
    starts[usable.size()] = items.size();
    return new EncodedExamples<>(
        usable.stream().map(Encoded::example).toList(),
        List.copyOf(items),
        starts,
        all.stream().flatMap(each -> each.fault().stream()).toList());
  }

  private static <E extends Example> Encoded<E> encoded(
      List<Item> items, E example, KnownTokens known, int prefix) {
    try {
      known.require(items);
    } catch (InvalidInputException e) {
      return new Encoded<>(example, List.of(), Optional.of(example.source().bad(e.getMessage())));
    }
    return new Encoded<>(
        example, items.stream().map(item -> item.withPrefix(prefix)).toList(), Optional.empty());
  }

  /**
   * These, if the policy lets the file through.
   *
   * @throws InvalidInputException where a row that the model cannot read is refused, or none is
   *     left
   */
  public EncodedExamples<E> usable(Path file, BadRowPolicy policy) {
    policy.apply(file, unreadable);
    if (examples.isEmpty()) {
      throw InvalidInputException.of(
          "%s has no row that the model can read; the first bad one is %s",
          file, unreadable.get(0));
    }
    return this;
  }

  /** The tokens of each item, all its rows together. */
  int[] tokens() {
    return items.stream()
        .mapToInt(item -> item.rows().stream().mapToInt(TokenRow::length).sum())
        .toArray();
  }

  /** The number of rows of each item. */
  int[] rows() {
    return items.stream().mapToInt(item -> item.rows().size()).toArray();
  }

  /** The tokens of each item's longest row. */
  int[] longestRows() {
    return items.stream().mapToInt(Item::longest).toArray();
  }

  /**
   * How many batches they make.
   *
   * @param packed whether several share a row
   */
  public int batches(Batching batching, boolean packed) {
    return packed
        ? batching.planPacked(tokens(), 0, 0).size()
        : batching.planSequential(longestRows(), rows()).size();
  }

  /** The tokens of the longest row of any item. */
  public int longest() {
    return items.stream().mapToInt(Item::longest).max().orElse(0);
  }

  /** The share of items that the commonest target is right for; 1 where there is no other. */
  double commonestTarget() {
    Map<Optional<Target>, Long> counts =
        items.stream()
            .map(Item::target)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return (double) Collections.max(counts.values()) / items.size();
  }

  /** The items of these indices. */
  List<Item> at(int[] rows) {
    return Arrays.stream(rows).mapToObj(items::get).toList();
  }

  /** One example's part of a list that has an entry for each item. */
  <T> List<T> ofExample(int example, List<T> byItem) {
    return byItem.subList(starts[example], starts[example + 1]);
  }
}
