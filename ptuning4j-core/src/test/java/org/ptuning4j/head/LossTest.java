package org.ptuning4j.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/**
 * A batch cut into parts has the loss and the gradients of the whole, however it is cut: sums and
 * counts add up, for every kind of head.
 */
class LossTest {

  private static final int CUTS = 6;

  static Stream<HeadCase> heads() {
    return HeadCase.all();
  }

  @ParameterizedTest
  @MethodSource("heads")
  void partsAddUpToTheWhole(HeadCase c) {
    Random random = new Random(c.name().hashCode());
    Scope.run(
        () -> {
          Found whole = found(c, List.of(numbers(c)));
          assertThat(whole.count)
              .isEqualTo(c.items().stream().mapToInt(item -> termsOf(c, item)).sum())
              .isPositive();
          for (int i = 0; i < CUTS; i++) {
            Found parts = found(c, cut(numbers(c), random));
            assertThat(parts.count).isEqualTo(whole.count);
            assertThat(parts.mean()).isCloseTo(whole.mean(), within(1e-6));
            whole.gradients.forEach(
                (name, expected) ->
                    assertClose(name, parts.gradients.get(name), expected, 1e-6, 1e-5));
          }
        });
  }

  /** A mean of means is another number, or this test would say nothing. */
  @ParameterizedTest
  @MethodSource("heads")
  void theItemsOfTheCasesHaveDifferentLosses(HeadCase c) {
    Scope.run(
        () -> {
          List<Double> each = new ArrayList<>();
          for (int item : numbers(c)) {
            each.add(found(c, List.of(List.of(item))).mean());
          }
          assertThat(Collections.max(each)).isGreaterThan(Collections.min(each) + 1e-3);
        });
  }

  private static List<Integer> numbers(HeadCase c) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < c.items().size(); i++) {
      numbers.add(i);
    }
    return numbers;
  }

  /** The numbers in any order, in one part or more. */
  private static List<List<Integer>> cut(List<Integer> numbers, Random random) {
    List<Integer> shuffled = new ArrayList<>(numbers);
    Collections.shuffle(shuffled, random);
    List<List<Integer>> parts = new ArrayList<>();
    int from = 0;
    while (from < shuffled.size()) {
      int to = from + 1 + random.nextInt(shuffled.size() - from);
      parts.add(shuffled.subList(from, to));
      from = to;
    }
    return parts;
  }

  private static int termsOf(HeadCase c, Item item) {
    try (FakeBackbone backbone = new FakeBackbone(true);
        Head head = c.head(backbone)) {
      return head.terms(item);
    }
  }

  private record Found(double sum, long count, Map<String, Tensor> gradients) {

    double mean() {
      return sum / count;
    }
  }

  /** Forward and backward, part by part, each part's sum divided by the number of all terms. */
  private static Found found(HeadCase c, List<List<Integer>> parts) {
    try (FakeBackbone backbone = new FakeBackbone(true);
        Head head = c.head(backbone)) {
      Tensor states = c.states();
      long total =
          parts.stream().flatMap(List::stream).mapToInt(i -> head.terms(c.items().get(i))).sum();
      double sum = 0;
      long count = 0;
      for (List<Integer> part : parts) {
        List<Item> items = part.stream().map(c.items()::get).toList();
        HeadInput input = HeadCase.input(head, backbone, states(c, states, part), items);
        Loss loss = head.loss(head.scores(input), items);
        loss.sum().div(new Scalar(Math.max(1, total))).backward();
        sum += loss.sum().item_double();
        count += loss.count();
      }
      Map<String, Tensor> gradients = new HashMap<>();
      for (Parameter parameter : head.parameters()) {
        if (parameter.tensor().grad().defined()) {
          gradients.put(parameter.name(), parameter.tensor().grad().clone());
        }
      }
      return new Found(sum, count, gradients);
    }
  }

  /** The states of some items' rows. */
  private static Tensor states(HeadCase c, Tensor all, List<Integer> part) {
    List<Tensor> rows = new ArrayList<>();
    for (int item : part) {
      int first = c.items().subList(0, item).stream().mapToInt(i -> i.rows().size()).sum();
      rows.add(all.narrow(0, first, c.items().get(item).rows().size()));
    }
    return Tensors.cat(0, rows.toArray(Tensor[]::new));
  }
}
