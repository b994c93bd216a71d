package org.ptuning4j.cli.demo;

import java.util.List;

/**
 * Sentence patterns of the reviews. A slot in brackets is filled with something of the review's own
 * polarity, a slot that begins with a minus sign with something of the opposite one:
 *
 * <ul>
 *   <li>{@code [opinion]}: a clause about one aspect, {@code the soup was not bad at all};
 *   <li>{@code [overall]}: a clause about the whole thing, {@code all in all it was a great hotel};
 *   <li>{@code [verdict]}: what the writer makes of it, {@code I want my money back};
 *   <li>{@code [event]}: what happened, {@code the waiter forgot our order twice};
 *   <li>{@code [quality]}, {@code [a quality]}: an adjective, without and with its article;
 *   <li>{@code [item]}: the name of the reviewed thing; {@code [source]}: who had an opinion of it.
 * </ul>
 *
 * <p>Where both polarities meet, the main or last clause, which sums up, decides the label.
 *
 * @param plain patterns where everything points one way
 * @param contrast patterns where praise and blame meet
 * @param turned patterns whose words say the opposite of the whole
 * @param opinions forms of {@code [opinion]} with the aspect's noun, verb and an adjective
 * @param negatedOpinions forms of {@code [opinion]} that deny an adjective of the opposite polarity
 * @param overalls forms of {@code [overall]}
 * @param goodVerdicts forms of {@code [verdict]} in favour
 * @param badVerdicts forms of {@code [verdict]} against
 */
record ReviewFrames(
    List<String> plain,
    List<String> contrast,
    List<String> turned,
    List<String> opinions,
    List<String> negatedOpinions,
    List<String> overalls,
    List<String> goodVerdicts,
    List<String> badVerdicts) {

  /** Patterns of the training rows; the dev rows have them too. */
  static ReviewFrames forTrain() {
    return new ReviewFrames(
        List.of(
            "[opinion].",
            "[opinion] and [opinion].",
            "[opinion], and [verdict].",
            "[opinion] and [event].",
            "[event], and [verdict].",
            "[verdict], because [opinion].",
            "[overall]: [opinion].",
            "[overall], and [verdict].",
            "to be honest, [opinion].",
            "what [a quality] [item]: [opinion]!",
            "what [a quality] [item] this is!",
            "this is [a quality] [item], and [opinion].",
            "after what [source] had told us we were curious; [opinion], and [verdict].",
            "we had read about this [item] in the paper, and [event]; [overall]."),
        List.of(
            "[-opinion], but [overall].",
            "[-opinion], but [verdict].",
            "although [-opinion], [verdict].",
            "although [-event], [overall].",
            "[verdict], even though [-opinion].",
            "[overall], although [-event].",
            "I expected [-a quality] [item], but [opinion].",
            "[source] told me that it was [-a quality] [item], but that is wrong: [opinion]."),
        List.of(
            "this is not [-a quality] [item] at all.",
            "it is simply not true that this is [-a quality] [item].",
            "nobody should call this [-a quality] [item]; [opinion]."),
        List.of(
            "[noun] [verb] [word]",
            "I thought [noun] [verb] [word]",
            "[noun] [verb] really [word]",
            "I found [noun] quite [word]"),
        List.of(
            "[noun] [verb] not [-word] at all",
            "[noun] [verb] not [-word] in the least",
            "[noun] [verb] anything but [-word]"),
        List.of(
            "on the whole the [item] was [quality]",
            "all in all it was [a quality] [item]",
            "all in all the [item] was not [-quality]"),
        List.of(
            "I would recommend it to anyone",
            "it was worth the money",
            "I am very happy with it",
            "we are glad that we chose it",
            "we loved it",
            "we enjoyed it very much",
            "I was delighted"),
        List.of(
            "I would warn anyone against it",
            "it was a waste of money",
            "I am very unhappy with it",
            "we are sorry that we chose it",
            "we hated it",
            "we regretted it very much",
            "I was disappointed"));
  }

  /** Patterns that only dev rows have. */
  static ReviewFrames heldOut() {
    return new ReviewFrames(
        List.of(
            "[opinion]; besides, [opinion].",
            "everybody in the family said the same: [a quality] [item].",
            "last week we tried this [item] for the first time: [opinion], [event], and [verdict].",
            "a year later we still say it: [overall]."),
        List.of(
            "while [-opinion], [overall].",
            "[-opinion]; still, [verdict].",
            "[-event], yet [overall].",
            "despite [-a quality] start, [verdict]."),
        List.of(
            "I cannot agree with those who think that this is [-a quality] [item].",
            "whoever says that this is [-a quality] [item] has not tried it; [opinion]."),
        List.of("[noun] struck me as [word]", "[noun] [verb] truly [word]"),
        List.of("[noun] [verb] by no means [-word]", "[noun] [verb] far from [-word]"),
        List.of(
            "when all is said and done, the [item] was [quality]",
            "taken together it made [a quality] [item]"),
        List.of(
            "I shall always be fond of it", "it was a pleasure", "it was better than we had hoped"),
        List.of("I have had enough of it", "it was a failure", "it was worse than we had feared"));
  }

  List<String> verdicts(Polarity polarity) {
    return switch (polarity) {
      case POSITIVE -> goodVerdicts;
      case NEGATIVE -> badVerdicts;
    };
  }
}
