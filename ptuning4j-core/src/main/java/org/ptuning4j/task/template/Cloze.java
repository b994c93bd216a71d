package org.ptuning4j.task.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A task put as a cloze: a template with a mask, and what may stand in the mask's place.
 *
 * @param template words, inputs, soft tokens and the mask
 * @param words for each label the words that stand for it; empty where each example has its own
 *     candidates
 */
public record Cloze(ClozeTemplate template, Map<String, List<String>> words) {

  /** Copies the map. */
  public Cloze {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    words.forEach((label, each) -> copy.put(label, List.copyOf(each)));
    words = Collections.unmodifiableMap(copy);
  }
}
