package org.ptuning4j.tensor.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.tensor.Dtype;

/**
 * What a pickle holds, as far as it matters for reading tensors. Nothing here is ever executed:
 * classes and functions of Python are names, and the few that are known build values of these
 * types. Containers are compared by identity, so that deeply nested ones cost nothing to compare.
 */
sealed interface Pickled {

  /** A string. */
  record Text(String value) implements Pickled {}

  /** A whole number that fits in 64 bits. */
  record Whole(long value) implements Pickled {}

  /** Anything whose value does not matter: None, floats, bytes, devices, layouts. */
  record Other(String description) implements Pickled {}

  /** The mark that a group of stack entries begins at. */
  record Mark() implements Pickled {}

  /** A tuple, list or set. */
  final class Sequence implements Pickled {
    private final List<Pickled> items;

    Sequence(List<Pickled> items) {
      this.items = items;
    }

    List<Pickled> items() {
      return items;
    }
  }

  /** A dictionary, ordered as it was filled. */
  final class Dictionary implements Pickled {
    private final Map<Pickled, Pickled> entries = new LinkedHashMap<>();

    Map<Pickled, Pickled> entries() {
      return entries;
    }
  }

  /** An element type, from a storage class ({@code torch.HalfStorage}) or a torch dtype. */
  record ElementType(Dtype dtype) implements Pickled {}

  /** A known class or function; calling it builds a value. */
  record Callable(String name, Call call) implements Pickled {}

  /** What a known class or function does with its arguments. */
  @FunctionalInterface
  interface Call {
    Pickled on(List<Pickled> arguments);
  }

  /**
   * A run of elements in the checkpoint.
   *
   * @param key its name in the checkpoint
   * @param dtype the elements' type
   * @param begin the first element, counted in the stored run (older files have views)
   * @param elements how many elements
   */
  record Storage(String key, Dtype dtype, long begin, long elements) implements Pickled {}

  /**
   * A tensor as a view of a storage.
   *
   * @param storage where its elements lie
   * @param offset its first element
   * @param shape its dimensions
   * @param strides elements from one index to the next, per dimension
   */
  record View(Storage storage, long offset, List<Long> shape, List<Long> strides)
      implements Pickled {

    /** Some of its rows; the caller has made sure that there are such. */
    View rows(long first, long count) {
      List<Long> fewer = new ArrayList<>(shape);
      fewer.set(0, count);
      long from = Math.addExact(offset, Math.multiplyExact(first, strides.get(0)));
      return new View(storage, from, fewer, strides);
    }

    /** Whether its elements lie one after the other, in their order. */
    boolean isContiguous() {
      long next = 1;
      for (int i = shape.size() - 1; i >= 0; i--) {
        if (shape.get(i) != 1 && strides.get(i) != next) {
          return false;
        }
        next = Math.multiplyExact(next, shape.get(i));
      }
      return true;
    }

    /** How many elements of the storage lie between the first and the last, both included. */
    long extent() {
      long extent = 1;
      for (int i = 0; i < shape.size(); i++) {
        if (shape.get(i) == 0) {
          return 0;
        }
        extent = Math.addExact(extent, Math.multiplyExact(shape.get(i) - 1, strides.get(i)));
      }
      return extent;
    }
  }

  /** A list that can grow, holding the given values. */
  static Sequence sequence(List<Pickled> items) {
    return new Sequence(new ArrayList<>(items));
  }
}
