package org.ptuning4j.task.tagging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.metric.EntityScores;
import org.ptuning4j.metric.LabelScore;
import org.ptuning4j.task.LabelScores;
import org.ptuning4j.task.Scores;

/**
 * What all prepared tasks with a tag for each word do alike.
 *
 * @param labels the tags in the order of the head's outputs
 * @param decoding how tags are chosen
 * @param transitions what a tag behind another has, labels × labels; empty for nothing
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WordTagger(List<String> labels, Decoding decoding, float[] transitions) {

  HeadSpec head(HeadOptions options) {
    return new TokenHeadSpec(labels.size(), options.dropout(), options.tags());
  }

  /** An item for each window, with the tags of its words as the target where they are known. */
  List<Item> items(List<WordWindow> windows, List<String> tags) {
    TagDecoder decoder = new TagDecoder(labels);
    return windows.stream().map(window -> decoder.item(window, tags)).toList();
  }

  /** The tags of so many words. */
  TagDecoder.Decoded decode(int words, List<Item> items, List<float[]> scores) {
    TagDecoder decoder = new TagDecoder(labels);
    return decoder.decode(
        decoding,
        new TagDecoder.TagScores(decoder.logProbabilities(words, items, scores), transitions));
  }

  /** F1, precision and recall over the spans that the tags make. */
  static Scores.Builder spanScores(EntityScores spans) {
    return Scores.builder()
        .metric("f1", spans.total().definedF1())
        .metric("precision", spans.total().definedPrecision())
        .metric("recall", spans.total().definedRecall());
  }

  /**
   * A row for each type of span.
   *
   * @param spans what the spans are, such as {@code entities}
   */
  static Scores.Table table(String spans, Map<String, LabelScore> scores) {
    List<List<String>> rows = new ArrayList<>();
    scores.forEach((type, score) -> rows.add(LabelScores.row(type, score)));
    return new Scores.Table(spans, List.of("", "precision", "recall", "f1", spans), rows);
  }
}
