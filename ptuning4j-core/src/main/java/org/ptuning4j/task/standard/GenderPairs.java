package org.ptuning4j.task.standard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.value.NormalText;

/**
 * Which examples of AX-g are the same but for a pronoun's gender. Where identifiers repeat, those
 * with the same {@code pair_id} are. In the official file every {@code pair_id} is another, and its
 * pairs are neighbouring lines with the same hypothesis.
 */
final class GenderPairs {

  private static final String ID = "pair_id";

  private GenderPairs() {}

  /** The indices of each pair's examples, two or more. */
  static List<int[]> of(List<TextExample> examples) {
    List<int[]> byId = byId(examples);
    return byId.isEmpty() ? byNeighbours(examples) : byId;
  }

  private static List<int[]> byId(List<TextExample> examples) {
    Map<String, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      Object id = examples.get(i).columns().get(ID);
      if (id != null) {
        places.computeIfAbsent(NormalText.of(id.toString()), key -> new ArrayList<>()).add(i);
      }
    }
    return places.values().stream()
        .filter(same -> same.size() >= 2)
        .map(same -> same.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private static List<int[]> byNeighbours(List<TextExample> examples) {
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i + 1 < examples.size(); i++) {
      if (NormalText.areSame(hypothesis(examples.get(i)), hypothesis(examples.get(i + 1)))) {
        pairs.add(new int[] {i, i + 1});
        i++;
      }
    }
    return pairs;
  }

  private static String hypothesis(TextExample example) {
    return example.pair();
  }
}
