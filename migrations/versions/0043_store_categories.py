"""Categories of stores: a tree of two levels with codes, and each store's code."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE alliance_store_category (
    code text PRIMARY KEY CHECK (code ~ '^[a-z][a-z_]*(\\.[a-z][a-z_]*)?$'),
    parent_code text REFERENCES alliance_store_category (code),
    name text NOT NULL UNIQUE,
    name_en text NOT NULL,
    position integer NOT NULL,
    closed_at timestamptz,
    created_at timestamptz NOT NULL,
    changed_by uuid,
    CHECK (parent_code IS NOT DISTINCT FROM substring(code FROM '^(.*)\\.'))
);
"""
CATEGORIES = """
food 餐饮 Food and drink
food.restaurant 正餐 Restaurants
food.fast 小吃快餐 Snacks and fast food
food.hotpot 火锅 Hotpot
food.tea 茶饮 Tea
food.coffee 咖啡 Coffee
food.bakery 烘焙甜品 Bakeries and desserts
food.bar 酒吧 Bars
retail 零售 Shops
retail.grocery 超市便利 Supermarkets and convenience
retail.fresh 生鲜果蔬 Fresh food
retail.clothing 服饰鞋包 Clothing, shoes and bags
retail.electronics 数码家电 Electronics
retail.furnishing 家居建材 Furnishing
retail.infant 母婴 Mother and child
retail.pharmacy 药店 Pharmacies
retail.spirits 烟酒 Tobacco and spirits
beauty 丽人 Beauty
beauty.hair 美发 Hairdressers
beauty.nails 美甲美睫 Nails and lashes
beauty.skin 美容护肤 Skin care
leisure 休闲娱乐 Leisure
leisure.karaoke 歌厅 Karaoke
leisure.cinema 影院 Cinemas
leisure.massage 足疗按摩 Massage
leisure.sport 运动健身 Sport and fitness
culture 文化 Culture
culture.books 书店 Bookshops
culture.stationery 文具 Stationery
education 教育培训 Education
travel 酒店旅游 Travel
travel.hotel 酒店住宿 Hotels
travel.sight 景点门票 Sights
health 医疗健康 Health
car 汽车服务 Car services
car.fuel 加油充电 Fuel and charging
car.care 洗车养车 Car wash and care
life 生活服务 Everyday services
life.laundry 洗衣 Laundries
life.repair 维修 Repairs
life.pets 宠物 Pets
life.household 家政 Household help
other 其他 Other
"""


def upgrade() -> None:
    """Codes for the names that stores have had; previous code goes on writing names alone."""
    op.execute(TABLE)
    for position, line in enumerate(CATEGORIES.strip().splitlines()):
        code, name, name_en = line.split(" ", 2)
        parent = f"'{code.rpartition('.')[0]}'" if "." in code else "NULL"
        op.execute(
            "INSERT INTO alliance_store_category VALUES"
            f" ('{code}', {parent}, '{name}', '{name_en}', {position * 10}, NULL, now(), NULL)"
        )
    op.execute(
        "ALTER TABLE alliance_store ADD category_code text NOT NULL DEFAULT 'other'"
        " REFERENCES alliance_store_category (code)"
    )
    op.execute(
        "UPDATE alliance_store SET category_code = known.code"
        " FROM alliance_store_category known WHERE known.name = category"
    )
    op.execute("CREATE INDEX alliance_store_category_idx ON alliance_store (category_code, id)")


def downgrade() -> None:
    """The names stay."""
    op.execute("ALTER TABLE alliance_store DROP category_code")
    op.execute("DROP TABLE alliance_store_category")
