package org.ptuning4j.pack.foreign;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.linear.SpanHeadSpec;
import org.ptuning4j.head.linear.TokenHeadSpec;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.task.text.MultiLabelTask;
import org.ptuning4j.task.text.RegressionTask;

/** What a model of transformers' gives of a text, by the class of the model. */
public enum OutputKind {
  /** Scores of the text as a whole. */
  SEQUENCE("sequence-classification", List.of("sequence", "multi-label", "regression")),
  /** One score for each of several candidates. */
  CHOICE("multiple-choice", List.of("choice")),
  /** Scores of each token. */
  TOKENS("entities", List.of(TokenHeadSpec.KIND)),
  /** Where an answer starts and ends. */
  SPAN("question-answering", List.of(SpanHeadSpec.KIND)),
  /** The words that follow. */
  TEXT("text-generation", List.of(LanguageModelHeadSpec.KIND));

  private final String usualTask;
  private final List<String> heads;

  OutputKind(String usualTask, List<String> heads) {
    this.usualTask = usualTask;
    this.heads = heads;
  }

  /** What the answers to a kind of task are made of, where that follows from the kind alone. */
  public static Optional<OutputKind> ofTask(String kind) {
    if (kind.equals(MultiLabelTask.KIND) || kind.equals(RegressionTask.KIND)) {
      return Optional.of(SEQUENCE);
    }
    return Arrays.stream(values()).filter(each -> each.usualTask.equals(kind)).findFirst();
  }

  /** What the head of a kind gives, if a model of transformers' gives the like. */
  public static Optional<OutputKind> ofHead(String headKind) {
    return Arrays.stream(values()).filter(each -> each.heads.contains(headKind)).findFirst();
  }

  /** The kind of task that this usually means. */
  String usualTask() {
    return usualTask;
  }

  /** Whether a head gives this. */
  boolean isOf(HeadSpec head) {
    return heads.contains(head.kind());
  }
}
