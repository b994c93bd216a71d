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
  SEQUENCE("sequence-classification"),
  /** One score for each of several candidates. */
  CHOICE("multiple-choice"),
  /** Scores of each token. */
  TOKENS("entities"),
  /** Where an answer starts and ends. */
  SPAN("question-answering"),
  /** The words that follow. */
  TEXT("text-generation");

  private final String usualTask;

  OutputKind(String usualTask) {
    this.usualTask = usualTask;
  }

  /** The kinds of heads that give this. */
  private List<String> heads() {
    return switch (this) {
      case SEQUENCE -> List.of("sequence", "multi-label", "regression");
      case CHOICE -> List.of("choice");
      case TOKENS -> List.of(TokenHeadSpec.KIND);
      case SPAN -> List.of(SpanHeadSpec.KIND);
      case TEXT -> List.of(LanguageModelHeadSpec.KIND);
    };
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
    return Arrays.stream(values()).filter(each -> each.heads().contains(headKind)).findFirst();
  }

  /** The kind of task that this usually means. */
  String usualTask() {
    return usualTask;
  }

  /** Whether a head gives this. */
  boolean isOf(HeadSpec head) {
    return heads().contains(head.kind());
  }
}
