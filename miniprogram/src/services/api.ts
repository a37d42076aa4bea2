// The shapes of the product's answers, written by miniprogram/api_types.py from /openapi.json and
// compared with it by tests/pages/test_client.py. Amounts are in fen, moments in RFC 3339.

export interface SessionView {
  token: string;
  expires_at: string;
  member_id: string;
  is_new: boolean;
  home_store_id: string | null;
  home_store_name: string | null;
  experience_fen: number;
  experience_reason: string | null;
}

export interface MemberView {
  member_id: string;
  state: string;
  joined_at: string;
  recommended_count: number;
}

export interface WalletView {
  purses: Record<string, WalletViewPurseView>;
  lots: WalletViewLotView[];
  withdrawable_fen: number;
  withdrawal_minimum_fen: number;
}

export interface WalletViewPurseView {
  balance_fen: number;
  ledger_version: number;
  title: string;
  title_en: string;
}

export interface WalletViewLotView {
  lot_id: string;
  purse: string;
  balance_fen: number;
  store_id: string | null;
  expires_at: string | null;
  sale_cap_bp: number | null;
}

export interface StatementView {
  lines: StatementViewLineView[];
  next_cursor: string | null;
}

export interface StatementViewLineView {
  entry_id: string;
  journal_id: string;
  kind: string;
  title: string;
  title_en: string;
  purse: string;
  purse_title: string;
  purse_title_en: string;
  amount_fen: number;
  balance_fen: number;
  ledger_version: number;
  reference_id: string;
  at: string;
}

export interface StorePage {
  stores: StorePageFoundStoreView[];
  next: string | null;
}

export interface StorePageFoundStoreView {
  id: string;
  merchant_id: string;
  name: string;
  address: string;
  category: string;
  category_code: string;
  telephone?: string | null;
  latitude?: number | null;
  longitude?: number | null;
  is_open?: boolean | null;
  pictures: string[];
  metres: number | null;
}

export interface StoreDetail {
  id: string;
  merchant_id: string;
  name: string;
  address: string;
  category: string;
  category_code: string;
  telephone?: string | null;
  latitude?: number | null;
  longitude?: number | null;
  is_open?: boolean | null;
  pictures: string[];
  weekly_hours: StoreDetailWeeklyHours | null;
  special_days: StoreDetailSpecialDay[] | null;
}

export interface StoreDetailWeeklyHours {
  monday?: StoreDetailPeriodBody[];
  tuesday?: StoreDetailPeriodBody[];
  wednesday?: StoreDetailPeriodBody[];
  thursday?: StoreDetailPeriodBody[];
  friday?: StoreDetailPeriodBody[];
  saturday?: StoreDetailPeriodBody[];
  sunday?: StoreDetailPeriodBody[];
}

export interface StoreDetailPeriodBody {
  opens: string;
  closes: string;
}

export interface StoreDetailSpecialDay {
  day: string;
  periods?: StoreDetailPeriodBody[];
  note?: string | null;
}

export interface OffersView {
  offers: OffersViewOfferView[];
}

export interface OffersViewOfferView {
  id: string;
  merchant_id: string;
  store_id: string;
  store_name: string;
  kind: string;
  version: number;
  title: string;
  text: string;
  pictures: string[];
  category: string;
  link: string | null;
  price_fen: number;
  member_price_fen: number | null;
  deliveries: string[];
  left: number | null;
}

export interface PriceView {
  store_id: string;
  list_fen: number;
  member_discount_bp: number;
  best: PriceViewPurseUseView;
  reason: "member_price" | "member_price_in_part" | "top_up_first" | "no_member_price";
  reason_zh: string;
  reason_en: string;
  top_up_fen: number;
  top_up_saves_fen: number;
  choices: PriceViewPurseUseView[];
}

export interface PriceViewPurseUseView {
  purses: ("prepaid" | "experience" | "rebate" | "wechat")[];
  amount_fen: number;
  discount_fen: number;
  parts: Record<string, number>;
}

export interface PaymentView {
  id: string;
  status: "confirming" | "declined" | "awaiting" | "paid" | "cancelled" | "expired" | "refunded";
  store_id: string;
  amount_fen: number;
  list_fen: number;
  discount_fen: number;
  refunded_fen: number;
  parts: Record<string, number>;
  merchant_share_fen: number | null;
  journal_id: string | null;
  created_at: string;
  paid_at: string | null;
  distributed_at: string | null;
  wechat_pay_parameters: Record<string, unknown> | null;
  order_id?: string | null;
  expires_at?: string | null;
  request_id?: string | null;
}

export interface ReceiptView {
  payment_id: string;
  reader: "payer" | "merchant" | "platform" | "earner";
  status: "paid" | "refunded";
  paid_at: string | null;
  store_name: string | null;
  description: string | null;
  amount_fen: number | null;
  lines: ReceiptViewReceiptLine[];
  text: string;
  text_en: string;
}

export interface ReceiptViewReceiptLine {
  kind: string;
  title: string;
  title_en: string;
  amount_fen: number;
  release_at: string | null;
  is_released: boolean;
}

export interface PaymentCodeView {
  code: string;
  barcode: string;
  qr_text: string;
  expires_at: string;
  server_time: string;
  offline: PaymentCodeViewOfflineCodes;
}

export interface PaymentCodeViewOfflineCodes {
  head: string;
  seed: string;
  algorithm?: "SHA256";
  digits: number;
  step_seconds: number;
  valid_until: string;
}

export interface PaymentSettingsView {
  purses: ("prepaid" | "experience" | "rebate" | "wechat")[];
  has_pin: boolean;
  pin_usable_at: string | null;
  free_fen: number;
  free_daily_fen: number;
}

export interface OpenPaymentsView {
  payments: OpenPaymentsViewPaymentView[];
}

export interface OpenPaymentsViewPaymentView {
  id: string;
  status: "confirming" | "declined" | "awaiting" | "paid" | "cancelled" | "expired" | "refunded";
  store_id: string;
  amount_fen: number;
  list_fen: number;
  discount_fen: number;
  refunded_fen: number;
  parts: Record<string, number>;
  merchant_share_fen: number | null;
  journal_id: string | null;
  created_at: string;
  paid_at: string | null;
  distributed_at: string | null;
  wechat_pay_parameters: Record<string, unknown> | null;
  order_id?: string | null;
  expires_at?: string | null;
  request_id?: string | null;
}

export interface InviteCode {
  scene: string;
  png: string;
  svg: string;
  poster: string;
}

export interface OwnRewardPage {
  rewards: OwnRewardPageRewardView[];
}

export interface OwnRewardPageRewardView {
  id: string;
  rule_id: string;
  status: "waiting" | "paid" | "taken_back" | "closed";
  amount_fen: number;
  journal_id: string | null;
  created_at: string;
  changed_at: string;
  release_at: string | null;
  released_at: string | null;
}

export interface AcceptedTopUp {
  id: string;
  order_id: string;
  store_id: string;
  amount_fen: number;
  status: string;
  journal_id: string | null;
  created_at: string;
  expires_at: string;
  plan_id: string | null;
  bonus_fen: number;
  bonus_status: string | null;
  wechat_pay_parameters: Record<string, unknown> | null;
  request_id: string;
}

export interface TopUpView {
  id: string;
  member_id: string;
  store_id: string;
  amount_fen: number;
  status: "waiting" | "credited" | "closed" | "suspense";
  journal_id: string | null;
  created_at: string;
  expires_at: string;
  credited_at: string | null;
  plan_id: string | null;
  bonus_fen: number;
  bonus_status: "promised" | "granted" | "released" | null;
  refunded_fen: number;
  refundable_fen: number;
  refundable_until: string | null;
}

export interface OfferedPlans {
  plans: OfferedPlansOfferedPlan[];
}

export interface OfferedPlansOfferedPlan {
  id: string;
  merchant_id: string | null;
  store_id: string | null;
  name: string;
  version: number;
  tiers: OfferedPlansTier[];
  funder: "store" | "platform";
  starts_on: string;
  ends_on: string | null;
  person_limit: number | null;
  budget_fen: number;
  ended_at: string | null;
  is_draft: boolean;
  is_open: boolean;
  reason: string;
}

export interface OfferedPlansTier {
  at_least_fen: number;
  bonus_fen: number;
}

export interface IntroductionView {
  version: string;
  text: string;
  text_en: string;
  top_up_minimum_fen: number;
  top_up_maximum_fen: number;
  card_limit_fen: number;
  card_limit_unnamed_fen: number;
  refund_days: number;
}

export interface TermsView {
  version: string;
  is_consented: boolean;
  consented_at: string | null;
}

export interface GiftView {
  status: "granted" | "open" | "on_first_visit" | "not_offered";
  amount_fen: number;
  terms_zh: string;
  terms_en: string;
  journal_id: string | null;
  request_id?: string | null;
}

export interface BindingView {
  member_id: string;
  recommender_kind?: string | null;
  recommender_id?: string | null;
  home_store_id?: string | null;
  channel?: string | null;
  bound_at?: string | null;
}

export interface ExplanationView {
  id: string;
  journal_id: string;
  kind: string;
  title: string;
  title_en: string;
  posted_at: string;
  rule: string;
  subject: ExplanationViewExplainedSubject;
  reverses_id: string | null;
  entries: ExplanationViewExplainedEntry[];
  versions: ExplanationViewExplainedVersion[];
  steps: ExplanationViewExplainedStep[];
  binding: Record<string, unknown> | null;
  facts: Record<string, unknown>;
  text: string[];
  text_en: string[];
}

export interface ExplanationViewExplainedSubject {
  kind: string;
  id: string;
}

export interface ExplanationViewExplainedEntry {
  id: string;
  account: string;
  account_title: string;
  account_title_en: string;
  owner_id: string;
  lot_id: string | null;
  amount_fen: number;
  balance_fen: number | null;
  ledger_version: number | null;
}

export interface ExplanationViewExplainedVersion {
  kind: string;
  id: string;
  version: number;
  name: string | null;
}

export interface ExplanationViewExplainedStep {
  text: string;
  text_en: string;
  base_fen: number | null;
  rate_bp: number | null;
  result_fen: number;
  remainder: number | null;
}

export interface AcceptedWithdrawal {
  id: string;
  owner_id: string;
  owner_kind: "member" | "merchant" | "salesperson";
  source: string;
  channel: string;
  amount_fen: number;
  fee_fen: number;
  tax_fen: number;
  transfer_fen: number;
  status: "held" | "reviewing" | "approved" | "sending" | "waiting_confirmation" | "manual" | "paid" | "returned" | "rejected" | "cancelled";
  is_asked_back: boolean;
  journal_id: string;
  end_journal_id: string | null;
  reason: string | null;
  created_at: string;
  finished_at: string | null;
  confirmation?: AcceptedWithdrawalConfirmation | null;
  request_id: string;
}

export interface AcceptedWithdrawalConfirmation {
  mchId: string;
  appId: string;
  package: string;
  openId: string;
}

export interface WithdrawalsView {
  withdrawals: WithdrawalsViewWithdrawalView[];
}

export interface WithdrawalsViewWithdrawalView {
  id: string;
  owner_id: string;
  owner_kind: "member" | "merchant" | "salesperson";
  source: string;
  channel: string;
  amount_fen: number;
  fee_fen: number;
  tax_fen: number;
  transfer_fen: number;
  status: "held" | "reviewing" | "approved" | "sending" | "waiting_confirmation" | "manual" | "paid" | "returned" | "rejected" | "cancelled";
  is_asked_back: boolean;
  journal_id: string;
  end_journal_id: string | null;
  reason: string | null;
  created_at: string;
  finished_at: string | null;
  confirmation?: WithdrawalsViewConfirmation | null;
}

export interface WithdrawalsViewConfirmation {
  mchId: string;
  appId: string;
  package: string;
  openId: string;
}

export interface QuoteView {
  amount_fen: number;
  fee_fen: number;
  taxable_fen: number;
  tax_fen: number;
  tax_kind: "labour_remuneration" | "accidental_income";
  transfer_fen: number;
  channels: ("wechat_transfer" | "bank_file")[];
}

export interface OrdersView {
  orders: OrdersViewOrderHead[];
}

export interface OrdersViewOrderHead {
  id: string;
  merchant_id: string;
  store_id: string;
  store_name: string;
  delivery: "pickup" | "shipment";
  status: "unpaid" | "paying" | "paid" | "shipped" | "completed" | "cancelled" | "expired" | "returned";
  remark: string | null;
  amount_fen: number;
  member_amount_fen: number;
  is_member_price: boolean;
  is_gift: boolean;
  paid_fen: number;
  wechat_fen: number;
  returned_fen: number;
  created_at: string;
  next_at: string | null;
  paid_at: string | null;
  ready_at: string | null;
  shipped_at: string | null;
  ended_at: string | null;
}

export interface OrderView {
  id: string;
  merchant_id: string;
  store_id: string;
  store_name: string;
  delivery: "pickup" | "shipment";
  status: "unpaid" | "paying" | "paid" | "shipped" | "completed" | "cancelled" | "expired" | "returned";
  remark: string | null;
  amount_fen: number;
  member_amount_fen: number;
  is_member_price: boolean;
  is_gift: boolean;
  paid_fen: number;
  wechat_fen: number;
  returned_fen: number;
  created_at: string;
  next_at: string | null;
  paid_at: string | null;
  ready_at: string | null;
  shipped_at: string | null;
  ended_at: string | null;
  lines: OrderViewOrderLineView[];
  steps: OrderViewOrderStepView[];
  pickup_code: string | null;
  receiver: OrderViewReceiverView | null;
  parcel: OrderViewParcelView | null;
  request_id?: string | null;
}

export interface OrderViewOrderLineView {
  number: number;
  offer_id: string;
  offer_version: number;
  title: string;
  picture: string | null;
  quantity: number;
  price_fen: number;
  member_price_fen: number | null;
  unit_fen: number | null;
  returned: number;
}

export interface OrderViewOrderStepView {
  step: string;
  status: "unpaid" | "paying" | "paid" | "shipped" | "completed" | "cancelled" | "expired" | "returned";
  note: string | null;
  at: string;
}

export interface OrderViewReceiverView {
  name: string;
  phone: string;
  address: string;
}

export interface OrderViewParcelView {
  carrier: string;
  tracking_no: string;
  created_at: string;
}

export interface RealNameView {
  name: string;
  id_number: string;
  phone: string;
  bank_card: RealNameViewMaskedCardView | null;
  consent_version: string;
  consent_door: string;
  confirmed_at: string;
}

export interface RealNameViewMaskedCardView {
  number: string;
  bank_name: string | null;
  changed_at: string;
}

export interface ConsentView {
  version: string;
  text: string;
}

export interface NoticeList {
  notices: NoticeListNoticeView[];
}

export interface NoticeListNoticeView {
  id: string;
  kind: string;
  text: string;
  state: string;
  created_at: string;
}

export interface NoticePreferences {
  preferences: NoticePreferencesNoticePreference[];
}

export interface NoticePreferencesNoticePreference {
  kind: string;
  title: string;
  wanted: boolean;
  can_decline: boolean;
}

export interface MailingConsentView {
  version: string;
  text: string;
  is_consented: boolean;
}

export interface PhoneView {
  masked: string;
  country_code: string;
  verified_at: string;
  consented_at: string;
  invitations_waiting: number;
}

export interface CartView {
  stores: CartViewCartStore[];
}

export interface CartViewCartStore {
  store_id: string;
  merchant_id: string;
  store_name: string;
  lines: CartViewCartLine[];
  amount_fen: number;
  member_amount_fen: number;
}

export interface CartViewCartLine {
  offer_id: string;
  title: string;
  picture: string | null;
  deliveries: string[];
  quantity: number;
  price_fen: number;
  member_price_fen: number | null;
  is_price_changed: boolean;
  is_available: boolean;
  left: number | null;
}

export interface TopUpsView {
  top_ups: TopUpsViewTopUpView[];
  refund_days: number;
}

export interface TopUpsViewTopUpView {
  id: string;
  member_id: string;
  store_id: string;
  amount_fen: number;
  status: "waiting" | "credited" | "closed" | "suspense";
  journal_id: string | null;
  created_at: string;
  expires_at: string;
  credited_at: string | null;
  plan_id: string | null;
  bonus_fen: number;
  bonus_status: "promised" | "granted" | "released" | null;
  refunded_fen: number;
  refundable_fen: number;
  refundable_until: string | null;
}

export interface RefundOutlookView {
  amount_fen: number;
  returns_fen: number;
  bonus_back_fen: number;
  kept_fen: number;
}

export interface TopUpRefundView {
  id: string;
  top_up_id: string;
  amount_fen: number;
  status: "requested" | "processing" | "done" | "troubled";
  journal_id: string;
  created_at: string;
  request_id?: string | null;
}

export interface ExportView {
  member_id: string;
  made_at: string;
  parts: ExportViewPartView[];
}

export interface ExportViewPartView {
  name: string;
  title: string;
  rows: Record<string, unknown>[];
  next_cursor: string | null;
}

export interface DeletionOutlook {
  remaining: DeletionOutlookRemainingView[];
  given_up: DeletionOutlookGivenUpView[];
  days: number;
}

export interface DeletionOutlookRemainingView {
  what: string;
  amount_fen?: number | null;
  id?: string | null;
}

export interface DeletionOutlookGivenUpView {
  what: string;
  amount_fen?: number | null;
  id?: string | null;
}

export interface DeletionView {
  state: string;
  asked_at: string;
  due_at: string;
}

export interface JsSdkView {
  app_id: string;
  timestamp: string;
  nonce: string;
  signature: string;
}

export interface ScannedCodeView {
  store_id: string;
  store_name: string;
  amount_fen: number | null;
  description: string | null;
  expires_at: string | null;
}

export interface PublicCampaigns {
  campaigns: PublicCampaignsPublicCampaign[];
  next: string | null;
}

export interface PublicCampaignsPublicCampaign {
  id: string;
  benefit: string;
  title: string;
  title_en: string;
  name: string;
  name_en: string;
  merchant_id: string | null;
  starts_at: string;
  ends_at: string;
  status: "draft" | "published" | "paused" | "ended";
  is_for_me: boolean;
  details: Record<string, unknown>;
}

export interface MadeDraw {
  id: string;
  campaign_id: string;
  number: number;
  nonce: string;
  head: string;
  picked: number;
  prize: number;
  prize_name: string | null;
  prize_name_en: string | null;
  kind: string | null;
  value_fen: number;
  tax_fen: number;
  journal_id: string | null;
  created_at: string;
  voided_at: string | null;
  taken_back_at: string | null;
  claim: "open" | "claimed" | "lapsed" | "void" | null;
  claim_until: string | null;
  offer_id: string | null;
  order_id: string | null;
  request_id?: string | null;
  chances_left: number;
}

export interface DrawPage {
  draws: DrawPageDrawView[];
  next: string | null;
}

export interface DrawPageDrawView {
  id: string;
  campaign_id: string;
  number: number;
  nonce: string;
  head: string;
  picked: number;
  prize: number;
  prize_name: string | null;
  prize_name_en: string | null;
  kind: string | null;
  value_fen: number;
  tax_fen: number;
  journal_id: string | null;
  created_at: string;
  voided_at: string | null;
  taken_back_at: string | null;
  claim: "open" | "claimed" | "lapsed" | "void" | null;
  claim_until: string | null;
  offer_id: string | null;
  order_id: string | null;
  request_id?: string | null;
}

export interface CheckedDraw {
  number: number;
  nonce: string;
  prize: number;
  head: string;
  head_before: string;
  picked: number;
  roll: number | null;
}

export interface DrawView {
  id: string;
  campaign_id: string;
  number: number;
  nonce: string;
  head: string;
  picked: number;
  prize: number;
  prize_name: string | null;
  prize_name_en: string | null;
  kind: string | null;
  value_fen: number;
  tax_fen: number;
  journal_id: string | null;
  created_at: string;
  voided_at: string | null;
  taken_back_at: string | null;
  claim: "open" | "claimed" | "lapsed" | "void" | null;
  claim_until: string | null;
  offer_id: string | null;
  order_id: string | null;
  request_id?: string | null;
}

export interface OwnQueueView {
  campaign: OwnQueueViewQueueCampaignView | null;
  account: OwnQueueViewAccountView | null;
  waiting_places: number;
  waiting_fen: number;
  pot_fen: number;
  places: OwnQueueViewPlaceView[];
  next: number | null;
  promise: string;
  promise_en: string;
}

export interface OwnQueueViewQueueCampaignView {
  id: string;
  name: string;
  name_en: string;
  status: string;
  starts_at: string;
  ends_at: string;
  is_running: boolean;
}

export interface OwnQueueViewAccountView {
  is_open: boolean;
  opened_at: string | null;
  opens_with: "registration" | "first_purchase";
  opening_fen: number;
}

export interface OwnQueueViewPlaceView {
  id: string;
  sale_id: string;
  number: number;
  state: "waiting" | "paid" | "left";
  position: number | null;
  ahead_fen: number | null;
  target_fen: number;
  paid_fen: number;
  left_fen: number;
  joined_at: string;
  finished_at: string | null;
  estimate: OwnQueueViewEstimateView | null;
}

export interface OwnQueueViewEstimateView {
  days_min: number;
  days_max: number;
  is_promise?: false;
}

export interface LinkView {
  campaign_id: string;
  campaign_name: string;
  campaign_name_en: string;
  merchant_id: string;
  subject: "store" | "product" | "content";
  target: string;
  title: string;
  text: string;
  link: string | null;
  store_id: string | null;
  offer_id: string | null;
  ends_at: string;
  closed_because: string | null;
  closed_text: string | null;
  closed_text_en: string | null;
  id: string;
  token: string;
  page: string;
  code: string;
  poster: string;
  mini_program: string;
  more: string;
  commission_bp: number;
  cap_fen: number;
  window_days: number;
  created_at: string;
}

export interface LinkPage {
  links: LinkPageLinkFigures[];
  next: string | null;
}

export interface LinkPageLinkFigures {
  clicks?: number;
  sales?: number;
  earned_fen?: number;
  expected_fen?: number;
  waiting_fen?: number;
  frozen_fen?: number;
  freed_fen?: number;
  taken_back_fen?: number;
  unpaid_fen?: number;
  campaign_id: string;
  campaign_name: string;
  campaign_name_en: string;
  merchant_id: string;
  subject: "store" | "product" | "content";
  target: string;
  title: string;
  text: string;
  link: string | null;
  store_id: string | null;
  offer_id: string | null;
  ends_at: string;
  closed_because: string | null;
  closed_text: string | null;
  closed_text_en: string | null;
  id: string;
  token: string;
  page: string;
  code: string;
  poster: string;
  mini_program: string;
  more: string;
  commission_bp: number;
  cap_fen: number;
  window_days: number;
  created_at: string;
}

export interface DayReport {
  days: DayReportDay[];
  total: DayReportSums;
}

export interface DayReportDay {
  clicks?: number;
  sales?: number;
  earned_fen?: number;
  expected_fen?: number;
  waiting_fen?: number;
  frozen_fen?: number;
  freed_fen?: number;
  taken_back_fen?: number;
  unpaid_fen?: number;
  day: string;
}

export interface DayReportSums {
  clicks?: number;
  sales?: number;
  earned_fen?: number;
  expected_fen?: number;
  waiting_fen?: number;
  frozen_fen?: number;
  freed_fen?: number;
  taken_back_fen?: number;
  unpaid_fen?: number;
}

export interface PlacedOrders {
  orders: PlacedOrdersOrderView[];
  request_id?: string | null;
}

export interface PlacedOrdersOrderView {
  id: string;
  merchant_id: string;
  store_id: string;
  store_name: string;
  delivery: "pickup" | "shipment";
  status: "unpaid" | "paying" | "paid" | "shipped" | "completed" | "cancelled" | "expired" | "returned";
  remark: string | null;
  amount_fen: number;
  member_amount_fen: number;
  is_member_price: boolean;
  is_gift: boolean;
  paid_fen: number;
  wechat_fen: number;
  returned_fen: number;
  created_at: string;
  next_at: string | null;
  paid_at: string | null;
  ready_at: string | null;
  shipped_at: string | null;
  ended_at: string | null;
  lines: PlacedOrdersOrderLineView[];
  steps: PlacedOrdersOrderStepView[];
  pickup_code: string | null;
  receiver: PlacedOrdersReceiverView | null;
  parcel: PlacedOrdersParcelView | null;
  request_id?: string | null;
}

export interface PlacedOrdersOrderLineView {
  number: number;
  offer_id: string;
  offer_version: number;
  title: string;
  picture: string | null;
  quantity: number;
  price_fen: number;
  member_price_fen: number | null;
  unit_fen: number | null;
  returned: number;
}

export interface PlacedOrdersOrderStepView {
  step: string;
  status: "unpaid" | "paying" | "paid" | "shipped" | "completed" | "cancelled" | "expired" | "returned";
  note: string | null;
  at: string;
}

export interface PlacedOrdersReceiverView {
  name: string;
  phone: string;
  address: string;
}

export interface PlacedOrdersParcelView {
  carrier: string;
  tracking_no: string;
  created_at: string;
}

export interface OrderPaymentView {
  id: string;
  status: "unpaid" | "paying" | "paid" | "shipped" | "completed" | "cancelled" | "expired" | "returned";
  amount_fen: number;
  is_member_price: boolean;
  wechat_fen: number;
  order_id: string | null;
  expires_at: string | null;
  wechat_pay_parameters: Record<string, unknown> | null;
  request_id?: string | null;
}

export interface ErrandView {
  id: string;
  campaign_id: string;
  status: "open" | "assigned" | "taken" | "picked_up" | "delivered" | "disputed" | "completed" | "decided" | "cancelled" | "expired";
  category: string;
  title: string;
  reward_fen: number;
  fee_fen: number;
  runner_fen: number;
  charged_fen: number;
  returned_fen: number;
  runner_id: string | null;
  created_at: string;
  next_at: string | null;
  ended_at: string | null;
  description: string;
  pictures: string[];
  latitude: number;
  longitude: number;
  distance_metres: number;
  pick_up: ErrandViewPlaceView | null;
  delivery: ErrandViewPlaceView | null;
  pick_up_code: string | null;
  delivery_code: string | null;
  pick_up_proof: string[];
  delivery_proof: string[];
  dispute: string | null;
  proposed_fen: number | null;
  proposed_reason: string | null;
  decision_reason: string | null;
  journal_id: string;
  my_stars: number | null;
  poster_rating: ErrandViewRatingView;
  runner_rating: ErrandViewRatingView | null;
  steps: ErrandViewStepView[];
  request_id?: string | null;
}

export interface ErrandViewPlaceView {
  address: string;
  latitude: number;
  longitude: number;
  contact_name: string;
  contact_phone: string;
}

export interface ErrandViewRatingView {
  average_hundredths: number | null;
  count: number;
}

export interface ErrandViewStepView {
  step: string;
  status: "open" | "assigned" | "taken" | "picked_up" | "delivered" | "disputed" | "completed" | "decided" | "cancelled" | "expired";
  at: string;
  note: string | null;
}

export interface ErrandPage {
  errands: ErrandPageErrandHead[];
  next: string | null;
}

export interface ErrandPageErrandHead {
  id: string;
  campaign_id: string;
  status: "open" | "assigned" | "taken" | "picked_up" | "delivered" | "disputed" | "completed" | "decided" | "cancelled" | "expired";
  category: string;
  title: string;
  reward_fen: number;
  fee_fen: number;
  runner_fen: number;
  charged_fen: number;
  returned_fen: number;
  runner_id: string | null;
  created_at: string;
  next_at: string | null;
  ended_at: string | null;
}

export interface NearbyErrands {
  errands: NearbyErrandsOpenErrand[];
  next: string | null;
}

export interface NearbyErrandsOpenErrand {
  id: string;
  campaign_id: string;
  category: string;
  title: string;
  description: string;
  pictures: string[];
  reward_fen: number;
  fee_fen: number;
  latitude: number;
  longitude: number;
  distance_metres: number;
  metres: number | null;
  created_at: string;
  next_at: string | null;
  poster_rating: NearbyErrandsRatingView;
}

export interface NearbyErrandsRatingView {
  average_hundredths: number | null;
  count: number;
}

export interface RunnerView {
  id: string;
  status: string;
  applied_at: string;
  decided_at: string | null;
  reason: string | null;
  completed: number;
  let_down: number;
  rating: RunnerViewRatingView;
  request_id?: string | null;
}

export interface RunnerViewRatingView {
  average_hundredths: number | null;
  count: number;
}

export interface TicketList {
  tickets: TicketListTicketView[];
}

export interface TicketListTicketView {
  id: string;
  kind: "payment" | "top_up" | "withdrawal" | "order" | "other";
  subject_id: string | null;
  state: "open" | "answered" | "closed";
  opened_at: string;
  changed_at: string;
  closed_at: string | null;
  rating: number | null;
  request_id?: string | null;
}

export interface OwnTicketView {
  id: string;
  kind: "payment" | "top_up" | "withdrawal" | "order" | "other";
  subject_id: string | null;
  state: "open" | "answered" | "closed";
  opened_at: string;
  changed_at: string;
  closed_at: string | null;
  rating: number | null;
  request_id?: string | null;
  messages: OwnTicketViewTicketMessageView[];
  earlier_before: string | null;
}

export interface OwnTicketViewTicketMessageView {
  id: string;
  author: "member" | "staff";
  step: string;
  text: string | null;
  pictures: string[];
  at: string;
}

export interface TicketView {
  id: string;
  kind: "payment" | "top_up" | "withdrawal" | "order" | "other";
  subject_id: string | null;
  state: "open" | "answered" | "closed";
  opened_at: string;
  changed_at: string;
  closed_at: string | null;
  rating: number | null;
  request_id?: string | null;
}

export interface TicketPictureView {
  id: string;
  width: number;
  height: number;
  request_id?: string | null;
}

export interface ErrandPicture {
  id: string;
  width: number;
  height: number;
}

export interface MemberLevels {
  levels: MemberLevelsMemberLevelView[];
}

export interface MemberLevelsMemberLevelView {
  id: string;
  name: string;
  name_en: string;
  threshold_fen: number;
  period_days: number;
  gift_fen: number;
}

export interface OwnLevel {
  level: OwnLevelMemberLevelView | null;
}

export interface OwnLevelMemberLevelView {
  id: string;
  name: string;
  name_en: string;
  threshold_fen: number;
  period_days: number;
  gift_fen: number;
}

export interface LevelGiftView {
  id: string;
  level_id: string;
  gift_fen: number;
  journal_id: string;
  request_id?: string | null;
}

export interface SentList {
  invitations: SentListSentView[];
}

export interface SentListSentView {
  id: string;
  masked: string;
  state: "open" | "confirmed" | "withdrawn" | "expired";
  created_at: string;
  expires_at: string;
}

export interface SentView {
  id: string;
  masked: string;
  state: "open" | "confirmed" | "withdrawn" | "expired";
  created_at: string;
  expires_at: string;
}

export interface ReceivedList {
  invitations: ReceivedListReceivedView[];
}

export interface ReceivedListReceivedView {
  id: string;
  inviter_id: string;
  inviter_phone: string | null;
  created_at: string;
  expires_at: string;
}

export interface BindingEvidenceView {
  member_id: string;
  binding: BindingEvidenceViewPresentView | null;
  former: BindingEvidenceViewFormerView[];
  corrections: BindingEvidenceViewCorrectedView[];
  merges: BindingEvidenceViewMergedView[];
  text: string;
  text_en: string;
}

export interface BindingEvidenceViewPresentView {
  recommender_kind: string;
  recommender_id: string;
  recommender_name: string | null;
  home_store_id: string | null;
  home_store_name: string | null;
  channel: string;
  bound_at: string;
  home_store_at: string | null;
  code: BindingEvidenceViewCodeView | null;
}

export interface BindingEvidenceViewCodeView {
  scene: string;
  kind: string;
  issued_at: string | null;
  issued_by: string | null;
}

export interface BindingEvidenceViewFormerView {
  recommender_kind: string;
  recommender_id: string;
  recommender_name: string | null;
  home_store_id: string | null;
  home_store_name: string | null;
  why: string;
  replaced_at: string;
}

export interface BindingEvidenceViewCorrectedView {
  id: string;
  before: BindingEvidenceViewPartiesView | null;
  after: BindingEvidenceViewPartiesView | null;
  decided_at: string;
  reason: string | null;
  proposed_by: string | null;
  decided_by: string | null;
}

export interface BindingEvidenceViewPartiesView {
  recommender_kind: string;
  recommender_id: string;
  recommender_name: string | null;
  home_store_id: string | null;
  home_store_name: string | null;
}

export interface BindingEvidenceViewMergedView {
  absorbed_id: string;
  survivor_id: string;
  merged_at: string;
  undone_at: string | null;
}

export interface DisputeList {
  disputes: DisputeListDisputeView[];
}

export interface DisputeListDisputeView {
  id: string;
  state: "open" | "rejected" | "corrected";
  reason: string | null;
  opened_at: string;
  answer: string | null;
  answered_at: string | null;
}

export interface DisputeView {
  id: string;
  state: "open" | "rejected" | "corrected";
  reason: string | null;
  opened_at: string;
  answer: string | null;
  answered_at: string | null;
}

export interface CarriedView {
  enterprise: CarriedViewEnterpriseView | null;
}

export interface CarriedViewEnterpriseView {
  merchant_id: string;
  name: string;
  code: string;
}

export interface OwnGrantPage {
  grants: OwnGrantPageGrantView[];
  next: string | null;
}

export interface OwnGrantPageGrantView {
  id: string;
  campaign_id: string;
  benefit: string;
  subject_id: string;
  purse: string;
  amount_fen: number;
  tax_fen: number;
  collected_fen: number;
  taken_back_fen: number;
  journal_id: string;
  order_id: string | null;
  created_at: string;
  release_at: string | null;
  released_at: string | null;
}

export interface MySalespersonView {
  id: string;
  name: string;
  scene: string;
  state: "authorised" | "suspended" | "revoked";
  member_count: number;
  merchant_count: number;
}

export interface CommissionView {
  salesperson_id: string;
  month: string;
  earned: CommissionViewEarnedView[];
}

export interface CommissionViewEarnedView {
  brought: "members" | "merchants";
  sale_count: number;
  commission_fen: number;
}

export interface SubscriptionList {
  subscriptions: SubscriptionListSubscriptionView[];
}

export interface SubscriptionListSubscriptionView {
  template_id: string;
  kinds: string[];
  remaining: number | null;
}

export interface LeaveView {
  id: string;
  status: "asking" | "waiting" | "in_effect" | "closed";
  is_given_up: boolean;
  close_reason: string | null;
  created_at: string;
  given_at: string | null;
  closed_at: string | null;
  confirmation: LeaveViewConfirmation | null;
}

export interface LeaveViewConfirmation {
  mchId: string;
  appId: string;
  package: string;
  openId: string;
}

export interface ApplicationView {
  id: string;
  status: "submitted" | "proposed" | "more_asked" | "rejected" | "withdrawn" | "approved";
  version: number;
  company_name: string;
  licence_number: string;
  category: string;
  stores: Record<string, unknown>[];
  account_kind: string;
  account_check: "luhn" | "none";
  account_masked: string;
  bank: string;
  contact_name_masked: string;
  contact_phone_masked: string;
  has_salesperson: boolean;
  merchant_id: string | null;
  pictures: ApplicationViewApplicationPictureView[];
  steps: ApplicationViewApplicationStepView[];
  created_at: string;
  changed_at: string;
}

export interface ApplicationViewApplicationPictureView {
  id: string;
  kind: "licence" | "front" | "permit" | "other";
  width: number;
  height: number;
  created_at: string;
}

export interface ApplicationViewApplicationStepView {
  kind: string;
  reason: string | null;
  created_at: string;
}

export interface ApplicationList {
  applications: ApplicationListApplicationView[];
}

export interface ApplicationListApplicationView {
  id: string;
  status: "submitted" | "proposed" | "more_asked" | "rejected" | "withdrawn" | "approved";
  version: number;
  company_name: string;
  licence_number: string;
  category: string;
  stores: Record<string, unknown>[];
  account_kind: string;
  account_check: "luhn" | "none";
  account_masked: string;
  bank: string;
  contact_name_masked: string;
  contact_phone_masked: string;
  has_salesperson: boolean;
  merchant_id: string | null;
  pictures: ApplicationListApplicationPictureView[];
  steps: ApplicationListApplicationStepView[];
  created_at: string;
  changed_at: string;
}

export interface ApplicationListApplicationPictureView {
  id: string;
  kind: "licence" | "front" | "permit" | "other";
  width: number;
  height: number;
  created_at: string;
}

export interface ApplicationListApplicationStepView {
  kind: string;
  reason: string | null;
  created_at: string;
}

export interface ApplicationPictureView {
  id: string;
  kind: "licence" | "front" | "permit" | "other";
  width: number;
  height: number;
  created_at: string;
}

export interface CategoryList {
  categories: CategoryListCategoryView[];
}

export interface CategoryListCategoryView {
  code: string;
  parent_code: string | null;
  name: string;
  name_en: string;
  position: number;
  closed_at: string | null;
}

export interface MemberSessions {
  total: number;
  sessions: MemberSessionsMemberSession[];
}

export interface MemberSessionsMemberSession {
  name: string;
  door: "mini_program" | "wechat_page" | "browser" | null;
  device: "ios" | "android" | "harmony" | "windows" | "mac" | "other" | null;
  opened_at: string;
  seen_on: string;
  expires_at: string;
  is_current: boolean;
}

/** What wx.requestMerchantTransfer takes. */
export type TransferConfirmation = AcceptedWithdrawalConfirmation;
