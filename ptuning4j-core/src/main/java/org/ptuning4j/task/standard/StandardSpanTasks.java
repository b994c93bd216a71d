package org.ptuning4j.task.standard;

import java.util.List;
import org.ptuning4j.data.tagging.TagNames;
import org.ptuning4j.task.ModelClass;
import org.ptuning4j.task.Preset;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.question.QuestionTask;
import org.ptuning4j.task.tagging.EntityTask;
import org.ptuning4j.task.tagging.RoleTask;

/** The built-in tasks on words and spans: entities, semantic roles, question answering. */
public final class StandardSpanTasks {

  /** Of the learning rate, after each epoch. */
  private static final double DECAY = 0.95;

  private static final int MAX_LENGTH = 128;
  private static final int CONLL03_LENGTH = 152;
  private static final int SQUAD_LENGTH = 384;

  // What numbers stand for in the copies that the Hub has. Other copies number the tags otherwise,
  // and call the field otherwise.

  private static final TagNames CONLL03_TAGS =
      TagNames.ofField("ner_tags", "PER", "ORG", "LOC", "MISC");

  private static final TagNames WNUT17_TAGS =
      TagNames.ofField(
          "ner_tags", "corporation", "creative-work", "group", "location", "person", "product");

  private static final TagNames ONTONOTES_TAGS =
      TagNames.ofField(
          "named_entities",
          "PERSON",
          "NORP",
          "FAC",
          "ORG",
          "GPE",
          "LOC",
          "PRODUCT",
          "DATE",
          "TIME",
          "PERCENT",
          "MONEY",
          "QUANTITY",
          "ORDINAL",
          "CARDINAL",
          "EVENT",
          "WORK_OF_ART",
          "LAW",
          "LANGUAGE");

  private StandardSpanTasks() {}

  /** All of them. */
  public static List<Task<?>> all() {
    return List.of(
        conll03(),
        ontonotes(),
        conll04(),
        EntityTask.named("wnut17", "WNUT-17: rare and emerging entities in user-written text")
            .withTagNames(WNUT17_TAGS),
        conll05(),
        conll12(),
        RoleTask.named("srl", "semantic roles: the arguments of a predicate"),
        squad1(),
        squad2());
  }

  private static Task<?> conll03() {
    return EntityTask.named("conll03", "CoNLL-2003: persons, places, organisations in news")
        .withTagNames(CONLL03_TAGS)
        .withPresets(
            List.of(
                preset(
                    "conll03", ModelClass.ROBERTA_LARGE, 16, 3e-2, 11, 30, 0.1, CONLL03_LENGTH)));
  }

  private static Task<?> ontonotes() {
    return EntityTask.named("ontonotes", "OntoNotes 5.0: eighteen types of entities")
        .withTagNames(ONTONOTES_TAGS)
        .withPresets(
            List.of(
                preset("ontonotes", ModelClass.BERT_LARGE, 16, 1e-2, 16, 30, 0.1, MAX_LENGTH),
                preset("ontonotes", ModelClass.ROBERTA_LARGE, 16, 7e-3, 48, 60, 0.1, MAX_LENGTH)));
  }

  private static Task<?> conll04() {
    return EntityTask.named("conll04", "CoNLL-2004: the entities of its relations, in news")
        .withPresets(
            List.of(
                preset("conll04", ModelClass.BERT_LARGE, 32, 2e-2, 128, 40, 0.2, MAX_LENGTH),
                preset("conll04", ModelClass.ROBERTA_LARGE, 32, 6e-2, 144, 80, 0.1, MAX_LENGTH)));
  }

  private static Task<?> conll05() {
    return RoleTask.named("srl-conll05", "CoNLL-2005: the arguments of a verb, PropBank")
        .withPresets(
            List.of(
                preset(
                    "srl-conll05", ModelClass.ROBERTA_LARGE, 16, 6e-3, 224, 15, 0.1, MAX_LENGTH)));
  }

  /** The published script for BERT in fact loads RoBERTa-large. */
  private static Task<?> conll12() {
    return RoleTask.named("srl-conll12", "CoNLL-2012: the arguments of a verb, OntoNotes")
        .withPresets(
            List.of(
                preset("srl-conll12", ModelClass.BERT_LARGE, 16, 5e-3, 128, 45, 0.1, MAX_LENGTH),
                preset(
                    "srl-conll12", ModelClass.ROBERTA_LARGE, 32, 5e-3, 64, 45, 0.1, MAX_LENGTH)));
  }

  private static Task<?> squad1() {
    return QuestionTask.answerable("squad1", "SQuAD 1.1: the span that answers the question")
        .withPresets(
            List.of(
                preset("squad1", ModelClass.ROBERTA_LARGE, 8, 5e-3, 16, 30, 0.2, SQUAD_LENGTH)));
  }

  private static Task<?> squad2() {
    return QuestionTask.unanswerable("squad2", "SQuAD 2.0: the same, or that nothing answers it")
        .withPresets(
            List.of(preset("squad2", ModelClass.ROBERTA_LARGE, 8, 5e-3, 8, 10, 0.2, SQUAD_LENGTH)));
  }

  private static Preset preset(
      String task,
      ModelClass model,
      int batch,
      double learningRate,
      int length,
      int epochs,
      double dropout,
      int maxLength) {
    return new Preset(
        task,
        model,
        batch,
        learningRate,
        length,
        epochs,
        dropout,
        false,
        maxLength,
        StandardTasks.PAPER,
        DECAY);
  }
}
