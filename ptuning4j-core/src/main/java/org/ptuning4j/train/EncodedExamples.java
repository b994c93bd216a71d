package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.head.Item;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A data set's examples as a model reads them.
 *
 * @param <E> what one example is
 * @param examples the examples
 * @param items the items of all examples, one after the other
 * @param starts where each example's items start among them, and the number of all at the end
 */
@SuppressWarnings("ArrayRecordComponent") // as large as the data, and never compared
record EncodedExamples<E extends Example>(List<E> examples, List<Item> items, int[] starts) {

  /**
   * Encodes examples, on all cores.
   *
   * @param prefix soft tokens before each row
   */
  static <E extends Example> EncodedExamples<E> of(
      Task<E> task, List<E> examples, ItemEncoder encoder, int prefix) {
    List<List<Item>> each =
        examples.parallelStream()
            .map(
                example ->
                    task.items(example, encoder).stream()
                        .map(item -> item.withPrefix(prefix))
                        .toList())
            .toList();
    List<Item> items = new ArrayList<>();
    int[] starts = new int[each.size() + 1];
    for (int i = 0; i < each.size(); i++) {
      starts[i] = items.size();
      items.addAll(each.get(i));
    }
    starts[each.size()] = items.size();
    return new EncodedExamples<>(examples, List.copyOf(items), starts);
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

  /** The tokens of the longest row of any item. */
  int longest() {
    return items.stream().mapToInt(Item::longest).max().orElse(0);
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
