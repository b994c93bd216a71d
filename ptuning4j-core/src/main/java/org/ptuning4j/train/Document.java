package org.ptuning4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.value.NormalText;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.task.template.KnownTokens;
import org.ptuning4j.text.Encoding;
import org.ptuning4j.text.TextTokenizer;
import org.ptuning4j.text.Truncation;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.objective.DocumentTeacher;

/**
 * A document that a prompt is to stand for.
 *
 * @param file where it is
 * @param sha256 the hash of its text, in hexadecimal
 * @param ids its tokens, with those that the model has before a text and without those behind it
 * @param begin how many tokens the model has before a text
 */
@SuppressWarnings("ArrayRecordComponent") // large and never compared
record Document(Path file, String sha256, int[] ids, int begin) {

  private static final SettingName NAME = new SettingName("distill-from");

  /**
   * Reads a document.
   *
   * @throws InvalidInputException if it cannot be read as UTF-8, or has no words
   */
  static Document read(Path file, TextTokenizer tokenizer) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw InvalidInputException.of(
          "%s: '%s' cannot be read as UTF-8 text: %s", NAME, file, FailureReason.of(e));
    }
    if (!NormalText.isVisible(text)) {
      throw InvalidInputException.of("%s: '%s' has no words", NAME, file);
    }
    Encoding encoding = tokenizer.encode(text, null, Truncation.none());
    int end = encoding.length();
    while (end > 0 && encoding.isSpecial(end - 1)) {
      end--;
    }
    int begin = 0;
    while (begin < end && encoding.isSpecial(begin)) {
      begin++;
    }
    return new Document(
        file, DigestUtils.sha256Hex(text), Arrays.copyOf(encoding.ids(), end), begin);
  }

  /** What a run records of it. */
  Map<String, Object> fingerprint() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("file", file.getFileName().toString());
    facts.put("fingerprint", sha256);
    facts.put("tokens", ids.length);
    return facts;
  }

  /**
   * Makes sure that a model can read it before the texts of a run.
   *
   * @param longest the tokens of the longest text, without a prompt's
   * @throws InvalidInputException if it cannot; the message says what would be right
   */
  void requireFit(Backbone backbone, KnownTokens known, int longest, TrainingConfig config) {
    BackboneSpec spec = backbone.spec();
    if (spec.direction() != Direction.CAUSAL) {
      throw InvalidInputException.of(
          "%s: a model that reads from left to right keeps what it has read of a document, and this"
              + " one (%s) does not",
          NAME, spec.modelType());
    }
    if (config.method().trainsBackbone()) {
      throw InvalidInputException.of(
          "%s: %s trains the model itself, which is to be the teacher; a prompt, such as"
              + " p-tuning-v2, learns from it",
          NAME, config.method().name());
    }
    try {
      known.requireIn(TokenRow.of(ids, new int[ids.length]));
    } catch (InvalidInputException e) {
      throw InvalidInputException.of("%s: '%s': %s", NAME, file, e.getMessage());
    }
    requireRoom(spec, longest);
    OptionalInt steady = backbone.steadyLength();
    if (steady.isPresent() && ids.length + longest > steady.getAsInt()) {
      throw InvalidInputException.of(
          "%s: '%s' has %d tokens and the longest text has %d; this model turns the tokens of texts"
              + " of more than %d by how long the text is (dynamic rotary scaling), so that it"
              + " cannot read a document once for all texts: take a part of it",
          NAME, file, ids.length, longest, steady.getAsInt());
    }
  }

  private void requireRoom(BackboneSpec spec, int longest) {
    int needed = ids.length + longest;
    if (needed > spec.maxPositions()) {
      throw InvalidInputException.of(
          "%s: '%s' has %d tokens and the longest text has %d, which need %d positions together,"
              + " but this model has %d: give %d tokens of the document at most, or set %s lower",
          NAME,
          file,
          ids.length,
          longest,
          needed,
          spec.maxPositions(),
          Math.max(0, spec.maxPositions() - longest),
          new SettingName("max-length"));
    }
  }

  /**
   * The model that has read it.
   *
   * @param task the name of the task whose head learns
   * @throws InvalidInputException if the head does not say what token follows
   */
  DocumentTeacher teacher(String task, HeadSpec head, Backbone backbone, int padId) {
    if (!head.kind().equals(LanguageModelHeadSpec.KIND)) {
      throw InvalidInputException.of(
          "%s: what is learnt from a document is which token follows, and task '%s' has a head of"
              + " kind %s; choose %s %s, on rows with a source and a target",
          NAME, task, head.kind(), new SettingName("head"), LanguageModelHeadSpec.KIND);
    }
    return new DocumentTeacher(backbone, ids, begin, padId);
  }
}
