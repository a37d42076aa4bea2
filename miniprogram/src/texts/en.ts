import type { zh } from "./zh";

export const en: typeof zh = {
  name: "Lianhui",
  tabs: { home: "Home", code: "Pay code", wallet: "Wallet", me: "Me" },
  common: {
    again: "Try again", more: "Load more", cancel: "Cancel", done: "Done", back: "Back", close: "Close", confirm: "Confirm",
    loading: "Loading", requestId: "Number", yuan: "yuan", all: "All", today: "Today", optional: "optional", save: "Save", next: "Next",
  },
  problem: {
    unknown: "Something went wrong. Please try again later.",
    network: "The network is unstable. Please check it and try again.",
    outside: "Please open this page in WeChat to go on.",
    noSdk: "WeChat is not ready. Please try again later.",
  },
  home: {
    guest: "Join once, welcome everywhere", guestNote: "Scan a store’s or a friend’s code to join; each purchase earns a rebate.", join: "Log in with WeChat",
    spendable: "You can spend", hello: "Hello", pay: "Scan to pay", code: "Pay code", topUp: "Top up", invite: "Invite",
    stores: "Stores nearby", offers: "Offers", allStores: "All stores", noStores: "No stores here yet.", noOffers: "No offers for now.", near: "Nearest first",
    search: "Search stores", open: "Open", shut: "Closed now", searchStores: "Search stores", moreStores: "More stores", notAStore: "This is not a store’s payment code.",
  },
  store: {
    pay: "Pay here", topUp: "Top up here", offers: "Offers of this store", hours: "Opening hours", noHours: "Please ask the store for its hours", address: "Address", telephone: "Telephone",
    days: { monday: "Mon", tuesday: "Tue", wednesday: "Wed", thursday: "Thu", friday: "Fri", saturday: "Sat", sunday: "Sun" },
    closed: "Closed", left: "{count} left", home: "Home store", memberPrice: "Member price", pictures: "Pictures of the store",
  },
  offer: { memberPrice: "Member price", buy: "Buy", link: "Learn more" },
  pay: {
    title: "Pay", to: "Pay to", amount: "Amount of the purchase", enter: "Enter the amount", how: "Paid from", best: "Best", change: "Change", choose: "Choose how to pay",
    toPay: "To pay", saves: "You save {amount}", pay: "Pay {amount}", paying: "Paying", waiting: "Confirming WeChat’s payment",
    cancelled: "You cancelled WeChat’s payment; what was held is back.", failed: "WeChat’s payment was not completed; what was held is back.", topUpHint: "Top up {amount} to save {saves}", store: "Choose a store",
    parts: { prepaid_fen: "Prepaid", experience_fen: "Experience gold", rebate_fen: "Rebate", wechat_fen: "WeChat Pay" },
    maximum: "Please check the amount.", mayWait: "The result is still being confirmed; see the payment’s page later.", continue: "Go on paying",
  },
  receipt: {
    title: "Payment", paid: "Paid", refunded: "Refunded", awaiting: "Waiting for payment", cancelled: "Cancelled", expired: "Expired", declined: "Declined", confirming: "To be confirmed",
    paidWith: "Paid with", yours: "What you get", frozen: "available on {date}", released: "available", at: "Time", number: "Payment number", why: "Why this amount?", noEntry: "No entry of it was found; please look in the statement of your wallet.", home: "Back to home", counting: "Your rebate is being counted.",
  },
  code: {
    title: "Pay code", show: "Show it to the cashier", renews: "Renewed each minute", secret: "Never send this code to anybody.", large: "Payment code {code}", from: "Paid from these purses",
    confirm: "Payments waiting for you", confirmNote: "Above the free limit: please confirm.", confirmAction: "Confirm payment", refuse: "Decline", purses: "Paid from",
  },
  wallet: {
    title: "Wallet", spendable: "You can spend", purses: "My purses", statement: "Statement", topUp: "Top up", withdraw: "Withdraw", rebates: "Rebates", lots: "Lots and expiry",
    expires: "until {date}", noEnd: "no expiry", cap: "pays at most {percent}% of a purchase", withdrawable: "Withdrawable", empty: "No movements yet.", why: "Explain",
    topUpRefund: "Get a top-up back", frozenNote: "Becomes withdrawable when its time is over", of: "balance {amount}",
  },
  topUp: {
    title: "Top up", at: "Top up at", home: "This is your home store.", elsewhere: "Your home store is “{store}”; please top up there.", go: "Top up at my home store", plans: "Plans", other: "Another amount", amount: "Amount",
    gives: "{amount} extra", noPlans: "No bonus today; topping up is possible.", agree: "I have read and agree to the", terms: "membership and prepaid terms", first: "You have no home store yet: the first store you top up at becomes it, for good.",
    firstAgree: "“{store}” shall be my home store", pay: "Pay {amount} with WeChat", done: "Topped up", bonus: "{amount} extra", range: "The amount must be between {least} and {most}.",
    refund: "Unspent money goes back within {days} days, no reason asked.", waiting: "Confirming WeChat’s payment", cancelled: "You cancelled; nothing was charged.", late: "No result yet; pay again to go on.", failed: "This top-up was not completed.", chooseStore: "Choose a store",
    funder: { store: "The store pays for it", platform: "The platform pays for it" },
  },
  rebates: {
    title: "Rebates", pending: "Frozen", available: "Withdrawable", empty: "No rebates yet. Purchases in the alliance and friends you bring earn them.", why: "How it was counted",
  },
  invite: {
    title: "Invite friends", friends: "Friends brought", people: "{count}", how: "When a friend joined by your code, each of their real purchases earns you a share. One level only; joining itself is not rewarded.", poster: "Invitation poster", salesperson: "I am a salesperson", hold: "Press the picture to save or send it",
    rewards: "Rewards", none: "No rewards yet.", status: { waiting: "waiting", paid: "paid", taken_back: "taken back", closed: "not paid" },
  },
  withdraw: {
    title: "Withdraw", available: "Withdrawable rebate", amount: "Amount", ask: "Ask for it", fee: "Fee", tax: "Tax withheld", arrives: "You get", history: "Withdrawals", none: "None yet.", tooLittle: "From {least} on you can withdraw.", accept: "Accept the money", takeBack: "Take it back", askedBack: "being taken back",
    status: { held: "in progress", reviewing: "under review", approved: "waiting to be sent", sending: "being sent", waiting_confirmation: "please accept it", manual: "looked after by people", paid: "paid", returned: "returned", rejected: "refused", cancelled: "cancelled" },
  },
  join: {
    title: "Join Lianhui", lead: "Log in with WeChat to pay, top up and see your rebates.", learns: "WeChat tells us your openid and unionid, by which we know your account. We get neither your picture, nor your name, nor your number.",
    agree: "I have read and agree to the membership and prepaid terms", read: "Read the terms", login: "Log in with WeChat", snapshot: "You are browsing as a visitor. Tap “Use full service” at the foot of the page, then log in.",
    welcome: "Welcome", welcomeNote: "You are a member now.", home: "Home store: {store}", gift: "Experience gold", take: "Agree and take it", later: "Later", taken: "{amount} of experience gold is yours", start: "Start", failed: "The log-in was not completed. Please try again.", leaving: "Your account is deleted from {time} on. Logging in before that undoes it.",
  },
  me: {
    title: "Me", benefits: "Campaigns", errands: "Errands", since: "member since {date}", orders: "My orders", cart: "Cart", withdrawals: "Withdrawals", rebates: "My rebates", invite: "Invite friends", messages: "Messages", tickets: "Customer service", level: "Member level", binding: "Where I belong", realName: "Real name", privacy: "Privacy and my data", settings: "Settings", home: "Home store", none: "not chosen yet", apply: "Join with your shop", language: "中文", terms: "Membership and prepaid terms",
  },
};
