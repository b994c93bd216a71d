package org.ptuning4j.cli.demo;

import java.util.List;
import org.ptuning4j.cli.demo.ReviewTopic.Aspect;
import org.ptuning4j.cli.demo.ReviewTopic.Kind;

/** What the reviews are about. */
final class ReviewTopics {

  private ReviewTopics() {}

  /** Topics of the training rows; the dev rows have them too. */
  static List<ReviewTopic> forTrain() {
    return List.of(
        restaurant(), hotel(), phone(), film(), novel(), nightTrain(), garden(), photoProgram());
  }

  /** Topics that only dev rows have. */
  static List<ReviewTopic> heldOut() {
    return List.of(museum(), ferry(), camera(), bakery(), concert());
  }

  private static Aspect one(String noun, Kind kind) {
    return new Aspect(noun, "was", kind);
  }

  private static Aspect many(String noun, Kind kind) {
    return new Aspect(noun, "were", kind);
  }

  private static ReviewTopic restaurant() {
    return new ReviewTopic(
        "restaurant",
        List.of(
            one("the soup", Kind.FOOD),
            many("the desserts", Kind.FOOD),
            one("the fish", Kind.FOOD),
            one("the waiter", Kind.PERSON),
            one("the dining room", Kind.PLACE),
            one("the terrace", Kind.PLACE)),
        List.of(
            "the waiter remembered what we had liked the last time",
            "they brought us more bread without being asked",
            "every plate came back empty",
            "the cook came out to ask if we had enjoyed it"),
        List.of(
            "the waiter forgot our order twice",
            "we waited an hour for a glass of water",
            "half of the dishes went back to the kitchen",
            "they charged us for wine that we never had"));
  }

  private static ReviewTopic hotel() {
    return new ReviewTopic(
        "hotel",
        List.of(
            one("the room", Kind.PLACE),
            one("the breakfast", Kind.FOOD),
            one("the man at the desk", Kind.PERSON),
            one("the bathroom", Kind.PLACE),
            one("the lift", Kind.THING),
            many("the corridors", Kind.PLACE)),
        List.of(
            "they gave us a larger room at no extra cost",
            "we slept like children every night",
            "someone carried our bags up without a word",
            "they found my lost ring and sent it home to me"),
        List.of(
            "the heating did not work for three days",
            "music from the bar kept us awake all night",
            "there were insects in the bathroom",
            "somebody had already slept in our bed"));
  }

  private static ReviewTopic phone() {
    return new ReviewTopic(
        "phone",
        List.of(
            one("the battery", Kind.THING),
            one("the screen", Kind.THING),
            many("the buttons", Kind.THING),
            one("the woman in the shop", Kind.PERSON),
            one("the speaker", Kind.THING)),
        List.of(
            "it survived a fall down the stairs",
            "it runs for three days without charging",
            "even my grandmother understood it within minutes",
            "calls are clear even inside the lift"),
        List.of(
            "it stopped working after one week",
            "it has to be charged four times a day",
            "nobody can hear me when I call",
            "the glass cracked on the first morning"));
  }

  private static ReviewTopic film() {
    return new ReviewTopic(
        "film",
        List.of(
            one("the plot", Kind.STORY),
            one("the ending", Kind.STORY),
            many("the jokes", Kind.STORY),
            many("the songs", Kind.STORY),
            one("the first hour", Kind.STORY)),
        List.of(
            "the whole room was laughing with tears in their eyes",
            "I have already bought a ticket to see it again",
            "the two hours flew by",
            "nobody left before the last name had gone by"),
        List.of(
            "half of the audience left before the end",
            "I fell asleep in the middle of it",
            "the two hours felt like ten",
            "I kept looking at my watch"));
  }

  private static ReviewTopic novel() {
    return new ReviewTopic(
        "novel",
        List.of(
            one("the story", Kind.STORY),
            one("the heroine", Kind.STORY),
            many("the dialogues", Kind.STORY),
            one("the last chapter", Kind.STORY),
            one("the style", Kind.STORY)),
        List.of(
            "I read it in a single night",
            "I did not want it to end",
            "I gave a copy of it to each of my sisters",
            "I could hear every one of its people speak"),
        List.of(
            "I gave up after thirty pages",
            "I could not remember a single name in it",
            "I skipped whole chapters just to be done with it",
            "I left my copy on the bus and did not go back for it"));
  }

  private static ReviewTopic nightTrain() {
    return new ReviewTopic(
        "night train",
        List.of(
            one("the cabin", Kind.PLACE),
            one("the carriage", Kind.PLACE),
            one("the guard", Kind.PERSON),
            one("the coffee on board", Kind.FOOD),
            one("the heating", Kind.THING)),
        List.of(
            "we arrived ten minutes early and well rested",
            "the guard found us two places by the window",
            "we woke up beside the sea",
            "they held the connection for us"),
        List.of(
            "we arrived four hours late",
            "we had to stand all the way to the border",
            "our tickets had been sold to somebody else",
            "the doors stayed locked and we missed our stop"));
  }

  private static ReviewTopic garden() {
    return new ReviewTopic(
        "garden",
        List.of(
            many("the paths", Kind.PLACE),
            one("the rose house", Kind.PLACE),
            one("the guide", Kind.PERSON),
            one("the cake in the tea room", Kind.FOOD),
            many("the signs", Kind.THING)),
        List.of(
            "everything was in flower",
            "the children did not want to go home",
            "we were given seeds to plant at home",
            "we stayed until the gates were closed"),
        List.of(
            "most of the plants were dead",
            "the fountains had been turned off",
            "the best part was closed to visitors",
            "we had seen all there was in ten minutes"));
  }

  private static ReviewTopic photoProgram() {
    return new ReviewTopic(
        "photo program",
        List.of(
            many("the menus", Kind.THING),
            one("the search", Kind.THING),
            one("the help page", Kind.THING),
            one("the new version", Kind.THING),
            one("the support team", Kind.PERSON)),
        List.of(
            "it did in a minute what used to take me a day",
            "it found every picture that I had thought lost",
            "it has not crashed once in a year",
            "they answered my question within the hour"),
        List.of(
            "it lost a whole summer of pictures",
            "it crashes whenever I try to save",
            "it took me a day to do what used to take a minute",
            "nobody has answered my letters since spring"));
  }

  private static ReviewTopic museum() {
    return new ReviewTopic(
        "museum",
        List.of(
            many("the halls", Kind.PLACE),
            many("the guards", Kind.PERSON),
            one("the lecture", Kind.STORY),
            one("the cafe", Kind.PLACE)),
        List.of(
            "we learned more in one afternoon than in a year of school",
            "even our youngest wanted to see every painting"),
        List.of(
            "most of the paintings had been taken away for repair",
            "we stood in the rain for an hour before they let us in"));
  }

  private static ReviewTopic ferry() {
    return new ReviewTopic(
        "ferry",
        List.of(
            one("the deck", Kind.PLACE),
            one("the crew", Kind.PERSON),
            one("the engine", Kind.THING),
            many("the sandwiches", Kind.FOOD)),
        List.of(
            "the captain let the children steer for a moment",
            "we crossed in an hour and saw dolphins on the way"),
        List.of(
            "it left without us although we were in time",
            "we were all sick before we reached the island"));
  }

  private static ReviewTopic camera() {
    return new ReviewTopic(
        "camera",
        List.of(
            one("the lens", Kind.THING),
            one("the flash", Kind.THING),
            one("the strap", Kind.THING),
            one("the salesman", Kind.PERSON)),
        List.of(
            "my pictures have won two prizes since I bought it",
            "it still works after two days in the snow"),
        List.of("it broke on the second day of our holiday", "all the faces came out green"));
  }

  private static ReviewTopic bakery() {
    return new ReviewTopic(
        "bakery",
        List.of(
            many("the rolls", Kind.FOOD),
            one("the apple pie", Kind.FOOD),
            one("the girl behind the counter", Kind.PERSON),
            one("the shop", Kind.PLACE)),
        List.of(
            "people stand in line around the corner for their pies",
            "the baker always gives my son a biscuit"),
        List.of("I found a hair in my bread", "the rolls were as hard as stones"));
  }

  private static ReviewTopic concert() {
    return new ReviewTopic(
        "concert",
        List.of(
            one("the singing", Kind.STORY),
            one("the second half", Kind.STORY),
            many("the old songs", Kind.STORY),
            one("the church", Kind.PLACE)),
        List.of(
            "people were dancing between the chairs",
            "they had to play three more songs before we let them go"),
        List.of("the band did not know its own songs", "people were shouting for their money"));
  }
}
