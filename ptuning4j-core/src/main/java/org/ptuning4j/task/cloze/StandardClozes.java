package org.ptuning4j.task.cloze;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;

/**
 * The templates and words with which the built-in tasks are put as clozes: those of P-tuning v1
 * (section 4.2 and its published code), with this project's own for SST-2 and for WSC, which here
 * is asked with yes or no.
 */
public final class StandardClozes {

  private static final Map<String, String> TEMPLATES =
      Map.of(
          "rte", "{text_a} Question: {text_b}? {soft:3} Answer: {mask}.",
          "cb", "{text_a}{sep}{text_b}? {soft:3} answer: {mask}",
          "boolq", "{text_b}. {soft:3} Question: {text_a}? Answer: {mask}.",
          "sst2", "{text_a} It was {soft:3} {mask}.",
          "multirc", "{text_a}. Question: {question}? Is it {answer}? {soft:3} {mask}.",
          "wic", "{sentence1}{sep}{sentence2} {soft:3} *{word}*? {mask}",
          "copa", "{choice1} or {choice2}? {text_a} {soft:3} {mask}.",
          "wsc", "{soft:3} {text_a} {soft:3} Does it refer to {text_b}? Answer: {mask}.");

  private StandardClozes() {}

  /** The cloze of a built-in task, if it has one. */
  public static Optional<Cloze> of(String task) {
    return Optional.ofNullable(TEMPLATES.get(task))
        .map(template -> new Cloze(ClozeTemplate.parse(template), words(task)));
  }

  private static Map<String, List<String>> words(String task) {
    return switch (task) {
      case "rte" -> words("entailment", "yes", "not_entailment", "no");
      case "cb" -> words("entailment", "yes", "contradiction", "no", "neutral", "maybe");
      case "sst2" -> words("0", "terrible", "1", "great");
      case "multirc" -> words("0", "no", "1", "yes");
      case "boolq", "wic", "wsc" -> words("false", "no", "true", "yes");
      default -> Map.of(); // each example has its own candidates
    };
  }

  private static Map<String, List<String>> words(String... labelsAndWords) {
    Map<String, List<String>> words = new LinkedHashMap<>();
    for (int i = 0; i < labelsAndWords.length; i += 2) {
      words.put(labelsAndWords[i], List.of(labelsAndWords[i + 1]));
    }
    return words;
  }
}
