package org.ptuning4j.server.inference;

import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.TaskInputs;

/** What a tensor of the protocol holds. */
public enum TensorType {
  /** Texts in UTF-8. */
  BYTES,
  /** Whole numbers. */
  INT64,
  /** Numbers. */
  FP64;

  /** The type of a task's input. */
  static TensorType of(TaskInputs.Kind kind) {
    return kind == TaskInputs.Kind.WHOLE_NUMBER ? INT64 : BYTES;
  }

  /** The type of a field of an answer; what is no single value is JSON in a text. */
  static TensorType of(AnswerSchema.Type type) {
    return switch (type) {
      case NUMBER -> FP64;
      case WHOLE_NUMBER -> INT64;
      case TEXT, TEXTS, NUMBERS, NUMBERS_BY_NAME, OBJECTS -> BYTES;
    };
  }
}
